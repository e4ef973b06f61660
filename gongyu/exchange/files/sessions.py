"""Rows of the sessions' table → sessions of the engine, and the monthly limits of their units."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import (
    CellFault,
    Read,
    RowReader,
    Table,
    Value,
    fold,
    read_date,
    read_number,
)
from gongyu.engines.matching import Form, Session

from .choices import read_form, read_mode
from .grades_text import read_grades
from .known_years import KnownDays
from .places import read_row_place
from .records import (
    MOST_HEADS,
    PEOPLE,
    ROAD,
    Codes,
    Identities,
    Spellings,
    at_least,
    at_most,
    says_none,
)
from .slots_text import read_half_day
from .topics_text import read_plain_topics


@dataclass(slots=True)
class SessionRows:
    """sessions: those that could be read. limits: unit → sessions a month."""

    sessions: list[Session] = field(default_factory=list)
    limits: dict[str, int] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    codes: Codes = field(default_factory=Codes)


def read_sessions(table: Table, names: Spellings) -> SessionRows:
    """Every row. What is wrong stands in ``faults``, each at its cell."""
    result = SessionRows()
    known = KnownDays.of(table, ("date",))
    identities = Identities(_("场次编号"))
    first_said: dict[str, int] = {}
    for row in table.rows():
        reader = RowReader(table, row, result.faults)
        if identities.is_repeated(reader):
            continue
        session = _session(reader, known, names, result)
        _limit(reader, session.unit if session else None, result, first_said)
        if session:
            result.sessions.append(session)
    return result


def _session(
    reader: RowReader, known: KnownDays, names: Spellings, result: SessionRows
) -> Session | None:
    before = len(result.faults)
    id_ = reader.read("id", names.read)
    unit = reader.read("unit", names.read)
    town = reader.read_or("town", names.read, "") or ""
    topics = reader.read("topics", read_plain_topics)
    grades = reader.read("grades", read_grades)
    form = reader.read("form", read_form)
    day = reader.read("date", lambda value: read_date(value, year_for=known.only))
    half = reader.read("half", read_half_day)
    capacity = reader.read("capacity", _seats)
    exclusive = reader.read("mode", read_mode)
    least = reader.read_or("least", _least, 0.0)
    place = read_row_place(reader, needed=form is None or form != Form.ONLINE)
    radius = _radius(reader, form)
    if topics:
        result.codes.meet(reader, topics)
    if capacity is not None and least is not None and least > capacity > 0:
        reader.note(_("最少人数比容量还多，这一场开不了"), "least")
    if len(result.faults) > before or not (
        id_
        and unit
        and topics
        and grades
        and form
        and day
        and place
        and half is not None
        and capacity is not None
        and exclusive is not None
        and least is not None
        and radius is not None
    ):
        return None
    return Session(
        id=id_,
        unit=unit,
        town=town,
        topics=frozenset(topics.weights),
        grades=grades,
        form=form,
        date=day,
        half_day=half,
        capacity=int(capacity),
        exclusive=exclusive,
        min_group=int(least),
        lon=place[0],
        lat=place[1],
        radius_km=radius,
    )


def _seats(value: Value) -> Read[float]:
    return read_number(value, least=0, most=MOST_HEADS, whole=True, units=PEOPLE)


def _least(value: Value) -> Read[float]:
    return Read(0.0) if says_none(value) else _seats(at_least(value))


def _radius(reader: RowReader, form: Form | None) -> float | None:
    """Kilometres by road that a unit comes; asked only of one that does."""

    def radius(value: Value) -> Read[float]:
        return read_number(at_most(value), least=0, most=500, units=ROAD)

    if form == Form.HOST and not reader.has("radius"):
        reader.fault("radius", _("上门的场次要填“上门半径公里”，如 15。"))
        return None
    return reader.read_or("radius", radius, 0.0)


def _limit(
    reader: RowReader, unit: str | None, result: SessionRows, first_said: dict[str, int]
) -> None:
    """A unit's limit stands in each of its rows, or in some; it must be the same in all."""

    def limit(value: Value) -> Read[float]:
        if says_none(value):
            return Read(-1.0)
        units = dict.fromkeys(("场", "次", "场次", "场/月", "次/月"), 1.0)
        if isinstance(value, str):
            value = at_most(fold(value).removeprefix("每个月").removeprefix("每月"))
        return read_number(value, least=0, most=1000, whole=True, units=units)

    said = reader.read_or("limit", limit, -1.0)
    if said is None or said < 0 or unit is None:
        return
    earlier = result.limits.setdefault(unit, int(said))
    row = first_said.setdefault(unit, reader.row.number + 1)
    if earlier != said:
        reader.fault(
            "limit",
            _("“%(unit)s”在第 %(row)d 行写的是 %(limit)d。同一单位请写同一个数。")
            % {"unit": unit[:20], "row": row, "limit": earlier},
        )
