"""Drawings where visits would have photographs: no picture of a child or a place is made up."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import chain
from random import Random

from django.db.models import QuerySet
from django.utils import timezone
from PIL import Image, ImageDraw

from gongyu.core.calendar import at
from gongyu.exchange import services
from gongyu.exchange.models import Order, VisitPhoto

from .district import District
from .offers import DEMO_UNIT

_SIZE = (960, 640)
_PAPER, _SKY, _GREEN, _DARK, _WARM, _RED = (
    "#f2efe6",
    "#dfe9ec",
    "#2f7d5b",
    "#1f4f3b",
    "#c9a227",
    "#b5533c",
)
OF_DEMO_CLASSES, OF_DEMO_UNIT, OF_OTHERS = 4, 3, 4


def build(district: District) -> None:
    """Two for some of the visits, sent in after the visit and looked at by the school."""
    done = (
        Order.objects.filter(state__in=Order.HAPPENED, visit__arrived_at__isnull=False)
        .with_parties()
        .select_related("need__filed_by")
        .order_by("-date", "-half_day", "-pk")
    )
    chosen = {order.pk: order for order in chain(*_picked(district, done))}
    for order in chosen.values():
        dice = Random(order.pk)  # noqa: S311  # dice for made-up pictures
        scenes = dice.sample(_SCENES, 2)
        teacher = order.need.filed_by
        ends = datetime.combine(order.date, order.session.starts) + timedelta(hours=4)
        with at(timezone.make_aware(ends)):
            sent = [(f"{n}.png", scene(dice)) for n, scene in enumerate(scenes, start=1)]
            photos, _refused = services.add_visit_photos(order, sent, by=teacher)
            for photo in photos:
                services.clear_photo(photo, VisitPhoto.Consent.FACELESS, by=teacher)


def _picked(district: District, done: QuerySet[Order]) -> list[QuerySet[Order]]:
    unit = next(u for u in district.units if u.reference == DEMO_UNIT)
    return [
        done.filter(school_class__in=district.rosters[:2])[:OF_DEMO_CLASSES],
        done.filter(session__resource__unit=unit)[:OF_DEMO_UNIT],
        done.filter(school_class__isnull=False)[:OF_OTHERS],
    ]


def _worktable(dice: Random) -> bytes:
    """What was made, laid out on a table."""
    image, draw = _canvas(_PAPER)
    draw.polygon([(70, 300), (890, 300), (950, 600), (10, 600)], fill=_GREEN)
    for row in range(3):
        for column in range(6):
            left, top = 110 + column * 130 - row * 8, 320 + row * 90
            colour = dice.choice((_PAPER, _WARM, _RED, _SKY))
            draw.polygon(
                [(left, top), (left + 90, top), (left + 96, top + 62), (left - 6, top + 62)],
                fill=colour,
            )
            draw.ellipse((left + 30, top + 16, left + 60, top + 44), fill=_DARK)
    draw.rectangle((0, 0, 960, 36), fill=_DARK)
    return _png(image)


def _wall(dice: Random) -> bytes:
    """Sheets pinned to a wall."""
    image, draw = _canvas("#e8e2d3")
    for row in range(2):
        for column in range(5):
            left, top = 60 + column * 175, 70 + row * 270
            draw.rectangle((left, top, left + 140, top + 210), fill="#fbfaf6")
            height = dice.randint(60, 150)
            draw.rectangle((left + 18, top + 190 - height, left + 60, top + 190), fill=_GREEN)
            draw.rectangle(
                (left + 78, top + dice.randint(60, 130), left + 120, top + 190), fill=_WARM
            )
            draw.ellipse((left + 62, top - 6, left + 78, top + 10), fill=_RED)
    draw.rectangle((0, 600, 960, 640), fill=_DARK)
    return _png(image)


def _path(dice: Random) -> bytes:
    """A path between trees."""
    image, draw = _canvas(_SKY)
    draw.rectangle((0, 330, 960, 640), fill="#c7d6ae")
    draw.polygon([(430, 330), (530, 330), (760, 640), (200, 640)], fill="#e6dcc3")
    for place in range(7):
        left = 30 + place * 135 + dice.randint(-12, 12)
        if 300 < left < 600:
            continue
        tall = dice.randint(130, 220)
        draw.rectangle((left + 34, 400 - tall // 3, left + 50, 440), fill=_DARK)
        draw.ellipse((left, 380 - tall, left + 86, 410 - tall // 4), fill=_GREEN)
    draw.ellipse((760, 50, 850, 140), fill=_WARM)
    return _png(image)


def _hall(dice: Random) -> bytes:
    """Showcases in a hall."""
    image, draw = _canvas("#ece7da")
    draw.polygon([(0, 470), (960, 470), (960, 640), (0, 640)], fill="#d8cfb9")
    for place in range(4):
        left = 50 + place * 230
        draw.rectangle((left, 200, left + 170, 400), fill=_SKY, outline=_DARK, width=6)
        draw.rectangle((left + 16, 400, left + 154, 540), fill=_DARK)
        size = dice.randint(50, 100)
        shape = dice.choice((draw.ellipse, draw.rectangle))
        box = (left + 85 - size // 2, 390 - size, left + 85 + size // 2, 390)
        shape(box, fill=dice.choice((_WARM, _RED, _GREEN)))
    return _png(image)


_SCENES: tuple[Callable[[Random], bytes], ...] = (_worktable, _wall, _path, _hall)


def _canvas(colour: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", _SIZE, colour)
    return image, ImageDraw.Draw(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
