"""A district drawn as one outline with dots at its towns: geometry only, no database.

Lengths are units of the drawing's view box; drawn at its own width, one unit is one CSS pixel.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from .outline import Ring

MARGIN = 10.0
LABEL_HEIGHT = 24.0  # the smallest target that WCAG 2.2 (2.5.8) allows
CHARACTER = 14.0  # a little wider than the 13 px that it is drawn with
LEAST_RADIUS, MOST_RADIUS = 3.0, 11.0  # on a drawing of FULL_WIDTH
FULL_WIDTH = 480
# Where a label may stand beside its dot, in the order of preference: right, left, below, above.
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_DISTANCES = (5.0, 22.0, 40.0, 60.0)


@dataclass(frozen=True, slots=True)
class Spot:
    """What stands at one town: ``value`` gives the size, ``label`` is written beside it."""

    label: str
    title: str
    lon: float
    lat: float
    value: float = 0
    href: str = ""
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Dot:
    """A town on the drawing; ``box`` is None where its label found no free place."""

    x: float
    y: float
    r: float
    value: float
    label: str
    title: str
    href: str
    hollow: bool
    box: Box | None
    leader: bool

    @property
    def text_x(self) -> float:
        return round((self.box.left + self.box.right) / 2, 1) if self.box else self.x

    @property
    def text_y(self) -> float:
        return round((self.box.top + self.box.bottom) / 2, 1) if self.box else self.y

    @property
    def leader_x(self) -> float:
        return min(max(self.x, self.box.left), self.box.right) if self.box else self.x

    @property
    def leader_y(self) -> float:
        return min(max(self.y, self.box.top + 4), self.box.bottom - 4) if self.box else self.y


@dataclass(frozen=True, slots=True)
class DistrictMap:
    width: int
    height: int
    outline: str
    dots: tuple[Dot, ...]

    @property
    def view_box(self) -> str:
        return f"0 0 {self.width} {self.height}"


def draw(ring: Ring, spots: Iterable[Spot], *, width: int = FULL_WIDTH) -> DistrictMap:
    """Draw the outline with a dot for each spot.

    Labels are placed greedily, the greatest value first, each at the first free place of a fixed
    list: no label covers another or a dot, and the same amounts give the same drawing.
    """
    wanted = list(spots)
    points = [*ring, *((spot.lon, spot.lat) for spot in wanted)]
    if not points:
        return DistrictMap(width, round(width * 0.9), "", ())
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    # Equirectangular, true to scale at the middle latitude: enough for one district.
    squeeze = cos(radians((south + north) / 2))
    scale = (width - 2 * MARGIN) / max((east - west) * squeeze, 1e-6)
    height = min(2 * width, round((north - south) * scale + 2 * MARGIN))

    def project(lon: float, lat: float) -> tuple[float, float]:
        return (
            round((lon - west) * squeeze * scale + MARGIN, 1),
            round((north - lat) * scale + MARGIN, 1),
        )

    most = max((spot.value for spot in wanted), default=0)
    size = min(1.0, width / FULL_WIDTH)
    placed = [
        (spot, *project(spot.lon, spot.lat), round(_radius(spot.value, most) * size, 1))
        for spot in wanted
    ]
    taken = [Box(x - r - 1, y - r - 1, x + r + 1, y + r + 1) for _spot, x, y, r in placed]
    frame = Box(0, 0, width, height)
    dots: list[Dot] = []
    for index in sorted(range(len(placed)), key=lambda i: (-placed[i][0].value, i)):
        spot, x, y, r = placed[index]
        box, is_far = _free_box(spot.label, x, y, r, taken, frame)
        if box:
            taken.append(box)
        dots.append(
            Dot(
                *(x, y, r, spot.value, spot.label, spot.title, spot.href, spot.hollow),
                *(box, is_far),
            )
        )
    return DistrictMap(width, height, _path([project(*p) for p in ring]), tuple(dots))


def _radius(value: float, most: float) -> float:
    """The area grows with the value, so that twice as many look twice as large."""
    if not most or value <= 0:
        return LEAST_RADIUS
    return LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * sqrt(value / most)


def _free_box(
    label: str, x: float, y: float, r: float, taken: Sequence[Box], frame: Box
) -> tuple[Box | None, bool]:
    if not label:
        return None, False
    width = sum(CHARACTER if ord(c) > 0x2000 else CHARACTER * 0.6 for c in label) + 6
    for distance in _DISTANCES:
        for dx, dy in _SIDES:
            centre_x = x + dx * (r + distance + width / 2)
            centre_y = y + dy * (r + distance * 0.6 + LABEL_HEIGHT / 2 - 3)
            box = Box(
                round(centre_x - width / 2, 1),
                round(centre_y - LABEL_HEIGHT / 2, 1),
                round(centre_x + width / 2, 1),
                round(centre_y + LABEL_HEIGHT / 2, 1),
            )
            inside = (
                box.left >= frame.left
                and box.right <= frame.right
                and box.top >= frame.top
                and box.bottom <= frame.bottom
            )
            if not inside or any(box.meets(other) for other in taken):
                continue
            is_far = distance > _DISTANCES[0]
            if not is_far or _is_clear(x, y, box, taken):
                return box, is_far
    return None, False


def _is_clear(x: float, y: float, box: Box, taken: Sequence[Box]) -> bool:
    """Whether a line from the dot to its label crosses nothing but dots that touch its own."""
    end_x, end_y = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
    others = [o for o in taken if not (o.left <= x <= o.right and o.top <= y <= o.bottom)]
    steps = [(x + (end_x - x) * i / 8, y + (end_y - y) * i / 8) for i in range(1, 9)]
    return not any(
        o.left < sx < o.right and o.top < sy < o.bottom for sx, sy in steps for o in others
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    """An SVG path in whole units, each point once."""
    corners = list(dict.fromkeys((round(x), round(y)) for x, y in points))
    if len(corners) < 3:
        return ""
    return "M" + "L".join(f"{x} {y}" for x, y in corners) + "Z"
