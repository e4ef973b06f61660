"""Drawings where the demo unit would have photographs: no picture of a real place is made up."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from gongyu.accounts.models import Role
from gongyu.core.calendar import at
from gongyu.exchange.models import Resource
from gongyu.exchange.services import add_photo

from .district import District

_SIZE = (1200, 800)
_PAPER, _GREEN, _DARK, _WARM = "#f2efe6", "#2f7d5b", "#1f4f3b", "#c9a227"


def build(district: District) -> None:
    """Two for the first resource of the demo unit; each says that it is a drawing."""
    unit = district.units[0]
    resource = Resource.objects.filter(unit=unit).order_by("pk").first()
    if resource is None:
        return
    staff = district.staff(unit, Role.UNIT)
    with at(district.at(-20, hour=15)):
        add_photo(resource, _type_case(), alt="演示用的画，不是照片：一架铅字", by=staff)
        add_photo(resource, _table(), alt="演示用的画，不是照片：一张体验台", by=staff)


def _type_case() -> bytes:
    """Shelves with rows of type."""
    image = Image.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    for row in range(5):
        top = 90 + row * 130
        draw.rectangle((100, top + 96, 1100, top + 108), fill=_DARK)
        for column in range(16):
            left = 118 + column * 61
            tall = 40 + (row * 7 + column * 5) % 5 * 11
            colour = _WARM if (row * 16 + column) % 11 == 3 else _GREEN
            draw.rectangle((left, top + 96 - tall, left + 44, top + 95), fill=colour)
    return _png(image)


def _table() -> bytes:
    """A table with sheets laid out to dry, and six stools."""
    image = Image.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    draw.polygon([(180, 430), (1020, 430), (1120, 560), (80, 560)], fill=_GREEN)
    draw.rectangle((80, 560, 1120, 590), fill=_DARK)
    for leg in (120, 1060):
        draw.rectangle((leg, 590, leg + 22, 720), fill=_DARK)
    for sheet in range(5):
        left = 240 + sheet * 152
        draw.polygon([(left, 450), (left + 100, 450), (left + 112, 530), (left - 12, 530)], "white")
        draw.ellipse((left + 36, 470, left + 66, 500), fill=_WARM)
    for stool in range(6):
        left = 150 + stool * 158
        draw.ellipse((left, 640, left + 90, 668), fill=_WARM)
        draw.rectangle((left + 38, 660, left + 52, 730), fill=_DARK)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
