"""Longitude and latitude of a row."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import RowReader, read_place
from gongyu.core.spreadsheets.readers import Misplaced


def read_row_place(reader: RowReader, *, needed: bool) -> tuple[float, float] | None:
    """The place in degrees; (0, 0) where none is needed and none is given; None after a fault."""
    if not needed and not (reader.has("lon") or reader.has("lat")):
        return 0.0, 0.0
    given = [key for key in ("lon", "lat") if key in reader.table.places]
    if len(given) < 2 and not any(reader.has(key) for key in given):
        return None  # the missing column is a fault already
    try:
        read = read_place(reader.value("lon"), reader.value("lat"))
    except Misplaced as wrong:
        of = wrong.of if wrong.of in reader.table.places else given[0]
        if not needed:
            reader.note(_("线上不看坐标，写错的没有用"), of)
            return 0.0, 0.0
        reader.fault(of, wrong.sentence)
        return None
    if read.note:
        reader.note(read.note, "lon" if "lon" in given else given[0])
    return read.value
