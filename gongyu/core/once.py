"""A form sent twice counts once.

A page carries a key in every form (``{% form_key %}``). The first answer is kept with the key; a
double press, a reload or the back button gets that answer again, and nothing is done twice. Two
presses at the same moment meet at the primary key: the second waits for the first.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from .models import SentForm

FIELD = "form_key"
ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])


def new_key() -> str:
    return str(uuid.uuid4())


def once(view: ViewT) -> ViewT:
    """Handle a keyed POST once; a form that comes back with errors keeps no key."""

    @wraps(view)
    def handled(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            key = uuid.UUID(request.POST.get(FIELD, ""))
        except ValueError:
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return view(request, *args, **kwargs)
        user = request.user if request.user.is_authenticated else None
        try:
            with transaction.atomic():
                sent = SentForm.objects.create(key=key, user=user)
                response = view(request, *args, **kwargs)
                if isinstance(response, HttpResponseRedirect):
                    sent.answer_url = response.url[:300]
                    sent.save(update_fields=["answer_url"])
                else:
                    sent.delete()
                return response
        except IntegrityError:
            earlier = SentForm.objects.filter(key=key, user=user).first()
            if earlier is None or not earlier.answer_url:
                raise
            return HttpResponseRedirect(earlier.answer_url)

    return handled  # type: ignore[return-value]
