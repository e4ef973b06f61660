"""Distances by road, estimated."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 (IUGG)."""

DETOUR = 1.3
"""Road kilometres for each great-circle kilometre."""

Floats = npt.NDArray[np.float64]


def road_km(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Road kilometres between places in degrees: haversine times ``DETOUR``; broadcasts."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    half_phi = (phi_b - phi_a) / 2.0
    half_lambda = np.radians(lon_b - lon_a) / 2.0
    chord = np.sin(half_phi) ** 2 + np.cos(phi_a) * np.cos(phi_b) * np.sin(half_lambda) ** 2
    arc = 2.0 * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    km: Floats = EARTH_RADIUS_KM * DETOUR * arc
    return km
