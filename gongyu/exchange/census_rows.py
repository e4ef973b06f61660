"""The rows of a census workbook, read against what the district knows: units, topics, resources."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gongyu.core.spreadsheets import (
    CellFault,
    Read,
    RowReader,
    Table,
    Unreadable,
    Value,
    fold,
    read_number,
    read_prose,
    read_text,
)
from gongyu.exchange.census_cells import (
    read_closed,
    read_day,
    read_grade,
    read_label,
    read_months,
    read_past_day,
    read_post,
    read_price,
    read_yes,
)
from gongyu.exchange.models import Resource, ResourceKind, Topic
from gongyu.exchange.models.census import ALL_MONTHS
from gongyu.exchange.models.resources import MOST_LEAD_DAYS, USUAL_LEAD_DAYS, Form
from gongyu.places.models import Organization

MOST_ROWS = 5000
# field of the entry → its column and the letters it takes
_PROSE = {
    "opening_hours": ("hours", 120),
    "subsidy_terms": ("subsidy", 200),
    "accessibility": ("access", 200),
    "transport": ("transport", 200),
    "contact_hours": ("contact_hours", 60),
    "evidence": ("evidence", 200),
}


@dataclass(frozen=True, slots=True)
class CensusRow:
    """One resource as the workbook says it."""

    unit: Organization
    topics: tuple[Topic, ...]
    about: dict[str, object]
    entry: dict[str, object]


@dataclass(slots=True)
class Reading:
    """What came out of a workbook: new rows, rows that are there already, and all its faults."""

    rows: list[CensusRow] = field(default_factory=list)
    unchanged: int = 0
    faults: list[CellFault] = field(default_factory=list)
    fatal: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.faults and not self.fatal


class Rows:
    """Reads the rows of a table against what the district knows; four queries."""

    def __init__(self, table: Table, reading: Reading) -> None:
        self.table, self.reading = table, reading
        self.units: dict[str, list[Organization]] = {}
        for unit in Organization.objects.resource_units().select_related("merged_into"):
            now_at = unit.merged_into or unit  # under a name of old as under the present one
            for name in {unit.name, unit.short_name} - {""}:
                named = self.units.setdefault(fold(name), [])
                if now_at not in named:
                    named.append(now_at)
        self.topics: dict[str, Topic] = {}
        for topic in Topic.objects.filter(parent__isnull=False):
            self.topics[topic.code.upper()] = self.topics[fold(topic.name)] = topic
        self.there = {  # what was merged into another is not imported again
            (unit_pk, fold(title))
            for unit_pk, title in Resource.every.values_list("unit_id", "title")
        }
        self.seen: dict[tuple[int, str], int] = {}

    def read(self) -> None:
        count = 0
        for row in self.table.rows():
            count += 1
            if count > MOST_ROWS:
                self.reading.fatal.append(_("一次最多导入 5000 行，请拆成几份。"))
                return
            reader = RowReader(self.table, row)
            found = self._row(reader)
            self.reading.faults.extend(reader.faults)
            if reader.faults or found is None:
                continue
            key = (found.unit.pk, fold(str(found.about["title"])))
            if key in self.there:
                self.reading.unchanged += 1
            else:
                self.reading.rows.append(found)
        if not count:
            self.reading.fatal.append(_("表头下面一行也没有，填了再传。"))

    def _row(self, reader: RowReader) -> CensusRow | None:
        unit = reader.read("unit", self._unit)
        title = reader.read("title", lambda v: read_prose(v, longest=60))
        kind = reader.read("kind", lambda v: read_label(v, ResourceKind.choices))
        topics = reader.read("topics", self._topics)
        first = reader.read("first_grade", read_grade)
        last = reader.read("last_grade", read_grade)
        form = reader.read("form", lambda v: read_label(v, Form.choices))
        capacity = reader.read(
            "capacity", lambda v: read_number(v, least=1, most=5000, whole=True, units={"人": 1})
        )
        least = reader.read_or(
            "min_group",
            lambda v: read_number(v, least=1, most=5000, whole=True, units={"人": 1}),
            1.0,
        )
        minutes = reader.read_or(
            "minutes",
            lambda v: read_number(
                v, least=10, most=1440, whole=True, units={"分钟": 1, "小时": 60}
            ),
            120.0,
        )
        price = reader.read_or("price", read_price, 0.0)
        radius = reader.read_or(
            "radius", lambda v: read_number(v, least=0, most=200, units={"公里": 1}), 0.0
        )
        summary = reader.read_or("summary", lambda v: read_prose(v, longest=300), "")
        lead = reader.read_or(
            "lead",
            lambda v: read_number(v, least=0, most=MOST_LEAD_DAYS, whole=True, units={"天": 1}),
            float(USUAL_LEAD_DAYS),
        )
        exclusive = reader.read_or("exclusive", read_yes, False)
        entry = _entry(reader)
        if first is not None and last is not None and first > last:
            reader.fault("last_grade", _("比最低年级还低，请对调一下。"))
        if capacity and least and least > capacity:
            reader.fault("min_group", _("比一次最多人数还多。"))
        if form == Form.HOST and radius == 0:
            reader.fault("radius", _("“请进来”要写最远去多少公里外的学校。"))
        if unit is not None and title:
            self._once(reader, unit, title)
        if reader.faults or unit is None or topics is None:
            return None
        return CensusRow(
            unit=unit,
            topics=topics,
            about={
                "title": title,
                "summary": summary,
                "first_grade": first,
                "last_grade": last,
                "form": form,
                "capacity": int(capacity or 1),
                "min_group": int(least or 1),
                "minutes": int(minutes or 120),
                "lead_days": USUAL_LEAD_DAYS if lead is None else int(lead),
                "price_fen": round((price or 0) * 100),
                "radius_km": radius or 0.0,
                "is_exclusive": exclusive,
            },
            entry={"kind": kind, **entry},
        )

    def _once(self, reader: RowReader, unit: Organization, title: str) -> None:
        number = reader.row.number + 1
        earlier = self.seen.setdefault((unit.pk, fold(title)), number)
        if earlier != number:
            reader.fault("title", _("和第 %(row)d 行是同一项，请只留一行。") % {"row": earlier})

    def _unit(self, value: Value) -> Read[Organization]:
        name = read_text(value).value
        found = self.units.get(name, [])
        if not found:
            raise Unreadable(_("平台上没有这家单位。请写它的全称，或先请区教委加上。"))
        if len(found) > 1:
            raise Unreadable(_("有几家单位叫这个名字，请写全称。"))
        return Read(found[0])

    def _topics(self, value: Value) -> Read[tuple[Topic, ...]]:
        words = read_text(value, longest=300).value
        for mark in ",;/ |":
            words = words.replace(mark, "、")
        wanted = [word for word in words.split("、") if word]
        unknown = [w for w in wanted if w.upper() not in self.topics and w not in self.topics]
        if unknown:
            raise Unreadable(
                _("没有“%(topic)s”这个主题。请从模板的“主题”工作表里选。") % {"topic": unknown[0]}
            )
        found = [self.topics.get(word.upper()) or self.topics[word] for word in wanted]
        return Read(tuple({topic.pk: topic for topic in found}.values()))


def _entry(reader: RowReader) -> dict[str, object]:
    """What the row says beside the resource: seasons, terms, safety, how to get there, whom to ask.

    Nothing of it is needed; what is not written stays as a new entry has it.
    """
    entry: dict[str, object] = {}
    for name, (key, most) in _PROSE.items():
        entry[name] = _prose(reader, key, most)
    return entry | {
        "contact_role": reader.read_or("contact", read_post, ""),
        "months": reader.read_or("months", read_months, ALL_MONTHS),
        "closed_weekdays": reader.read_or("closed", read_closed, 0),
        "insured_until": reader.read_or("insured", read_day, None),
        "fire_checked_on": reader.read_or("fire", read_past_day, None),
        "has_emergency_plan": reader.read_or("plan", read_yes, False),
        "staff_checked_until": reader.read_or("staff", read_day, None),
    }


def _prose(reader: RowReader, key: str, most: int) -> str | None:
    return reader.read_or(key, lambda value: read_prose(value, longest=most), "")
