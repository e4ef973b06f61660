"""How far two organisations are apart."""

import numpy as np

from gongyu.engines.matching.geography import road_km
from gongyu.places.models import Organization


def road_km_between(one: Organization, other: Organization) -> float | None:
    """Estimated road kilometres (great circle × 1.3), None where either has no place."""
    if not (one.has_point and other.has_point):
        return None
    a, b = np.array([one.lon, one.lat]), np.array([other.lon, other.lat])
    return float(road_km(a[0:1], a[1:2], b[0:1], b[1:2])[0])
