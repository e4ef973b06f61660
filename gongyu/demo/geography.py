"""The real Daxing: its divisions and the organisations that stand there."""

from collections.abc import Iterator
from dataclasses import dataclass

from gongyu.places.models import Division, Organization, Precision
from gongyu.places.services import save_divisions, save_organizations

from .data import rows, say_certainty

DISTRICT = "110115"
DISTRICT_SEAT = "110115001"  # 兴丰街道, where the district government stands
ECONOMIC_ZONE = "110115403"

# What people call the zones; the bodies that run them are named the usual way.
_ZONES = {
    "110115403": ("北京经开区", "北京经济技术开发区管理委员会"),
    "110115404": ("大兴生物医药基地", "大兴生物医药产业基地管理委员会"),
    "110115405": ("大兴经济开发区", "大兴经济开发区管理委员会"),
    "110115406": ("大兴机场", "大兴国际机场管理机构"),
}
_GRADES = {
    "primary": (1, 6),
    "secondary": (7, 12),
    "senior_high_complete": (7, 12),
    "nine_year_or_unknown": (1, 9),
    "unknown": (None, None),
}
_DIVISIONS_SOURCE = "国家统计局统计用区划代码（2023 年 6 月）"


@dataclass(frozen=True, slots=True)
class _Point:
    lon: float | None
    lat: float | None
    precision: str


_NOWHERE = _Point(None, None, Precision.NONE)


def build() -> None:
    """Divisions, departments, towns, communities, schools and resource units; may run again."""
    save_divisions(_divisions())
    known = {division.code: division for division in Division.objects.select_related("parent")}
    save_organizations(
        [
            *_departments(known),
            *_street_offices(known),
            *_communities(known),
            *_schools(known),
            *_resource_units(known),
        ]
    )


# ---- Divisions -----------------------------------------------------------------------------------


def _points(table: str, precision: Precision) -> dict[str, _Point]:
    return {
        row["code"]: _Point(float(row["lon_wgs84"]), float(row["lat_wgs84"]), precision)
        for row in rows(table)
        if row["lon_wgs84"]
    }


def _divisions() -> Iterator[Division]:
    towns = _points("township_points", Precision.TOWNSHIP)
    communities = _points("community_points", Precision.COMMUNITY)
    seat = towns[DISTRICT_SEAT]
    # A unit of which only the district is known stands at the district's seat, and says so.
    towns[DISTRICT] = _Point(seat.lon, seat.lat, Precision.DISTRICT)
    for row in rows("divisions"):
        code = row["code"]
        point = communities.get(code) or towns.get(code[:9], _NOWHERE)
        yield Division(
            code=code,
            name=row["name"],
            short_name=_said(code, row["type"], row["short_name"]),
            level=row["level"],
            kind=row["type"],
            lon=point.lon,
            lat=point.lat,
            precision=point.precision,
        )


def _said(code: str, kind: str, name: str) -> str:
    """地区 are towns too, and people say 黄村镇, not 黄村地区."""
    if code in _ZONES:
        return _ZONES[code][0]
    return name.removesuffix("地区") + "镇" if kind == "area_office_with_town" else name


# ---- Organisations -------------------------------------------------------------------------------


def _place(organization: Organization, division: Division | None) -> Organization:
    """Stand the organisation at its division's point, as exact as that is."""
    organization.division = division
    if division is not None and division.has_point:
        organization.lon, organization.lat = division.lon, division.lat
        organization.precision = division.precision
    return organization


def _departments(known: dict[str, Division]) -> Iterator[Organization]:
    for row in rows("departments"):
        is_lead = row["national_department"] == "教育部"
        doubts = [row["note"]] if row["note"] else []
        if "通行" in row["basis"]:
            doubts.append("职责是通行说法，没有查到区级分工原文")
        yield Organization(
            name=row["name"],
            short_name=row["short_name"],
            kind=Organization.Kind.COMMISSION if is_lead else Organization.Kind.DEPARTMENT,
            division=known[DISTRICT],
            duty=row["typical_duty"] + "。",
            source=row["basis"],
            certainty="；".join(doubts) or "职责按上级文件概括，区级分工以区里公布的为准",
        )


def _street_offices(known: dict[str, Division]) -> Iterator[Organization]:
    for town in (d for d in known.values() if d.level == Division.Level.TOWNSHIP):
        if town.kind == "subdistrict":
            name = f"大兴区{town.name}办事处"
        elif town.kind == "functional_zone":
            name = _ZONES[town.code][1]
        else:
            name = f"大兴区{town.short_name}人民政府"
        yield _place(
            Organization(
                name=name,
                short_name=town.short_name,
                kind=Organization.Kind.STREET_OFFICE,
                sub_kind=town.kind,
                source=_DIVISIONS_SOURCE,
                certainty="机构名称按区划名和通行叫法写成，没有逐一核对",
            ),
            town,
        )


def _communities(known: dict[str, Division]) -> Iterator[Organization]:
    for community in (d for d in known.values() if d.level == Division.Level.COMMUNITY):
        assert community.parent is not None  # noqa: S101  # save_divisions gave it one
        yield _place(
            Organization(
                name=f"{community.parent.short_name}{community.name}",
                short_name=community.short_name,
                kind=Organization.Kind.COMMUNITY,
                sub_kind=community.kind,
                source=_DIVISIONS_SOURCE,
                certainty="2023 年年中的名录，之后的调整没有收进来",
            ),
            community,
        )


def _schools(known: dict[str, Division]) -> Iterator[Organization]:
    for row in rows("schools"):
        if not row["name"]:
            continue
        in_zone = row["status_note"] == "in_BDA"
        code = row["township_code"] or (ECONOMIC_ZONE if in_zone else DISTRICT)
        first, last = _GRADES[row["stage"]]
        scope = Organization.Scope.BDA if in_zone else Organization.Scope.DISTRICT
        school = _place(
            Organization(
                name=row["name"],
                short_name=row["name"].replace("北京市大兴区", "大兴区"),
                kind=Organization.Kind.SCHOOL,
                sub_kind=row["stage"],
                scope=scope,
                first_grade=first,
                last_grade=last,
                source=row["source"],
                certainty=_school_certainty(row),
            ),
            known[code],
        )
        if row["lon_wgs84"]:
            school.lon, school.lat = float(row["lon_wgs84"]), float(row["lat_wgs84"])
            school.precision = Precision.EXACT
        yield school


def _school_certainty(row: dict[str, str]) -> str:
    method = row["township_method"].split("(")[0]
    for start in ("nearest_community_point", "undetermined"):
        method = start if method.startswith(start) else method
    town = "" if row["status_note"] == "in_BDA" else say_certainty("school_town", method)
    sentences = [
        say_certainty("school_name", row["name_certainty"]),
        "校区名还是英文，中文名没有查到" if "Fuyuan" in row["name"] else "",
        say_certainty("school_status", row["status_note"]),
        town,
        "学段按校名推定" if row["stage"] in {"secondary", "nine_year_or_unknown"} else "",
        "坐标系是推定的，位置可能差几百米" if row["lon_wgs84"] else "",
    ]
    return "；".join(sentence for sentence in sentences if sentence)


def _resource_units(known: dict[str, Division]) -> Iterator[Organization]:
    counties = {d.name: d for d in known.values() if d.level == Division.Level.COUNTY}
    for row in rows("resources"):
        about = row["what_it_offers"] + "。"
        if row["suitable_grades"]:
            about += f"资料里写的对象：{row['suitable_grades']}。"
        yield _place(
            Organization(
                name=row["name"],
                short_name=row["name"] if len(row["name"]) <= 20 else row["name"].split("（")[0],
                kind=Organization.Kind.RESOURCE_UNIT,
                sub_kind=row["kind"],
                scope=_SCOPES[row["scope"]],
                address=row["address"],
                about=about,
                reference=row["id"],
                source=row["source"],
                source_url=row["source_address"],
                certainty=say_certainty("resource", row["certainty"]),
            ),
            known[row["township_code"]] if row["township_code"] else _around(row, known, counties),
        )


_SCOPES = {
    "daxing": Organization.Scope.DISTRICT,
    "bda": Organization.Scope.BDA,
    "near": Organization.Scope.NEAR,
    "city": Organization.Scope.CITY,
}


def _around(
    row: dict[str, str], known: dict[str, Division], counties: dict[str, Division]
) -> Division | None:
    """Where a unit without a town belongs: the zone, the district, or the county it names."""
    if row["scope"] == "daxing":
        return known[DISTRICT]
    if row["scope"] == "bda":
        return known[ECONOMIC_ZONE]
    return next((d for name, d in counties.items() if row["address"].startswith(name)), None)
