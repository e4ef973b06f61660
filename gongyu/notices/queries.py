"""Reads of the inbox."""

from django.db.models import QuerySet

from gongyu.accounts.models import User

from .models import Notice


def inbox(user: User) -> QuerySet[Notice]:
    """A person's notices, newest first."""
    return Notice.objects.visible_to(user).order_by("-at", "-pk")


def unread_count(user: User) -> int:
    """One query; every page of a signed-in person asks it."""
    return Notice.objects.visible_to(user).unread().count()
