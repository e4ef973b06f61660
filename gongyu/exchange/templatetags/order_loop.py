"""What an order of a list waits for: ``{% load order_loop %}{% with due=order|due %}``."""

from django import template

from gongyu.exchange.loop import Due, due_of
from gongyu.exchange.models import Order

register = template.Library()


@register.filter
def due(order: Order) -> Due | None:
    """Who must do what by when; no query for an order with its parties."""
    return due_of(order)
