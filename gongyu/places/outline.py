"""The outline of a district, kept as ``static/geo/<code>.geojson`` where one is known."""

import json
from functools import cache
from importlib.resources import files

Ring = tuple[tuple[float, float], ...]


def _file_name(code: str) -> str:
    return f"geo/{code}.geojson"


@cache
def ring_of(code: str) -> Ring:
    """The outer ring as WGS-84 (longitude, latitude) pairs; empty if no outline is known."""
    source = files("gongyu") / "static" / _file_name(code)
    if not source.is_file():
        return ()
    geometry = json.loads(source.read_text(encoding="utf-8"))["features"][0]["geometry"]
    return tuple((lon, lat) for lon, lat in geometry["coordinates"][0])


def static_path(code: str) -> str:
    """The file's name for ``static()``, or an empty string."""
    return _file_name(code) if ring_of(code) else ""
