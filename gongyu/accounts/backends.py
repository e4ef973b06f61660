"""Sign-in by phone or by name, with a password."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from .models import User
from .phones import normalise


class PhoneOrNameBackend(ModelBackend):
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if not username or password is None:
            return None
        phone = normalise(username)
        found = (
            User.objects.filter(phone=phone) if phone else User.objects.filter(username=username)
        ).first()
        if found is None:
            User().set_password(password)  # the same time as a wrong password takes
            return None
        return found if found.check_password(password) and found.is_active else None
