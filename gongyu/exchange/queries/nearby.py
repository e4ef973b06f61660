"""谁离得近: the school and the units round it, true in direction and distance."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians

from gongyu.places.models import Organization

from .fitting import Fit

# In units of the picture.
WIDTH, HEIGHT, EDGE = 400, 300, 52
LINE = 36
MOST = 6
SHARP = ("exact", "community")  # a town's point would draw several units on one spot
KM_PER_DEGREE = 111.32


@dataclass(frozen=True, slots=True)
class Spot:
    """A unit: its point, its label (``anchor``: which end of the text stands at ``label_x``)."""

    name: str
    km: float
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str
    fits: bool


@dataclass(frozen=True, slots=True)
class Nearby:
    school: str
    x: float
    y: float
    label_x: float
    anchor: str
    spots: list[Spot]

    @property
    def said(self) -> str:
        return "，".join(f"{spot.name} {spot.km:.1f} 公里" for spot in self.spots)


def draw_nearby(school: Organization, fit: Fit) -> Nearby | None:
    """Draw up to six units with a place of their own round the school; None with fewer than two."""
    places: dict[int, tuple[Organization, float, bool]] = {}
    for offer in fit.offers:
        if offer.resource.form != "online":
            places.setdefault(offer.unit.pk, (offer.unit, offer.km, True))
    for miss in fit.near_misses:
        unit = miss.session.resource.unit
        if miss.session.resource.form != "online":
            places.setdefault(unit.pk, (unit, miss.km, False))
    shown = [p for p in places.values() if p[0].precision in SHARP][:MOST]
    if not school.has_point or len(shown) < 2:
        return None
    shrink = cos(radians(school.lat or 0.0))
    east = [((u.lon or 0) - (school.lon or 0)) * KM_PER_DEGREE * shrink for u, _k, _f in shown]
    north = [((u.lat or 0) - (school.lat or 0)) * KM_PER_DEGREE for u, _k, _f in shown]
    left, right = min(0.0, *east), max(0.0, *east)
    low, high = min(0.0, *north), max(0.0, *north)
    scale = min(
        (WIDTH - 2 * EDGE) / max(right - left, 0.5), (HEIGHT - 2 * EDGE) / max(high - low, 0.5)
    )
    middle_x = WIDTH / 2 - (left + right) / 2 * scale
    middle_y = HEIGHT / 2 + (low + high) / 2 * scale
    points = [
        (middle_x + e * scale, middle_y - n * scale) for e, n in zip(east, north, strict=True)
    ]
    taken = [(middle_x, middle_y)]
    spots = []
    for (unit, km, fits), (x, y) in zip(shown, points, strict=True):
        to_right = x < WIDTH / 2
        label_y = _free_line(x, y, taken)
        taken.append((x, label_y))
        spots.append(
            Spot(
                _short(str(unit)),
                km,
                round(x, 1),
                round(y, 1),
                round(x + (11 if to_right else -11), 1),
                round(label_y, 1),
                "start" if to_right else "end",
                fits,
            )
        )
    school_right = middle_x < WIDTH / 2
    return Nearby(
        _short(str(school)),
        round(middle_x, 1),
        round(middle_y, 1),
        round(middle_x + (17 if school_right else -17), 1),
        "start" if school_right else "end",
        spots,
    )


def _free_line(x: float, y: float, taken: list[tuple[float, float]]) -> float:
    """A height for a label near ``y`` at which no other label of that side stands."""
    same = [line for at, line in taken if (at < WIDTH / 2) == (x < WIDTH / 2)]
    for step in (0, 1, -1, 2, -2, 3, -3, 4, -4):
        line = y + step * LINE / 2
        if 20 < line < HEIGHT - 20 and all(abs(line - other) >= LINE for other in same):
            return line
    return y


def _short(name: str) -> str:
    return name if len(name) <= 10 else f"{name[:9]}…"
