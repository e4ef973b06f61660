"""The address behind the code at the door: signed, for one order on one day."""

from __future__ import annotations

from datetime import date

import segno
from django.core.signing import BadSignature, Signer
from django.utils.safestring import SafeString, mark_safe

from .models import Order

_SALT = "gongyu.exchange.arrival"


def token_for(order: Order) -> str:
    return Signer(salt=_SALT, sep=".").sign(f"{order.pk}-{order.date:%Y%m%d}")


def read_token(token: str) -> tuple[int, date] | None:
    """The order's key and the day that a token stands for; None if we did not write it."""
    try:
        pk, _dash, day = Signer(salt=_SALT, sep=".").unsign(token).partition("-")
    except BadSignature:
        return None
    return int(pk), date.fromisoformat(day)


def opens(token: str, order: Order) -> bool:
    """Whether the token is this order's for its present day; moved to another day, no longer."""
    return read_token(token) == (order.pk, order.date)


def code_for(address: str) -> SafeString:
    """A QR code as SVG without styles or scripts, dark on white in every theme."""
    drawn = segno.make(address, error="m").svg_inline(
        border=3, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308  # made here of squares, nothing typed is in it
