"""The real Daxing, and how honestly it is told."""

import re
from collections import Counter
from datetime import date

import pytest

from gongyu.core.calendar import current_term
from gongyu.core.models import Holiday, SchoolTerm
from gongyu.demo import geography, policies, school_calendar
from gongyu.demo.data import rows, say_certainty
from gongyu.places.models import Division, Organization, Precision
from gongyu.publishing.models import Policy

pytestmark = pytest.mark.django_db
Kind = Organization.Kind


@pytest.fixture
def _daxing() -> None:
    geography.build()


@pytest.mark.usefixtures("_daxing")
def test_the_whole_district_is_there() -> None:
    levels = Counter(Division.objects.values_list("level", flat=True))
    assert levels == {"province": 1, "county": 16, "township": 26, "community": 758}
    kinds = Counter(Organization.objects.values_list("kind", flat=True))
    assert kinds == {
        Kind.COMMISSION: 1,
        Kind.DEPARTMENT: 16,
        Kind.STREET_OFFICE: 26,
        Kind.COMMUNITY: 758,
        Kind.SCHOOL: 87,
        Kind.RESOURCE_UNIT: 97,
    }


@pytest.mark.usefixtures("_daxing")
def test_building_again_changes_nothing() -> None:
    before = set(Organization.objects.values_list("pk", "name", "lon"))
    geography.build()
    assert set(Organization.objects.values_list("pk", "name", "lon")) == before
    assert Division.objects.count() == 801


@pytest.mark.usefixtures("_daxing")
def test_a_point_is_as_exact_as_its_source() -> None:
    of = Counter(Division.objects.filter(level="community").values_list("precision", flat=True))
    assert of[Precision.COMMUNITY] == 213
    assert of[Precision.EXACT] == 0
    towns = Counter(Division.objects.filter(level="township").values_list("precision", flat=True))
    assert towns == {Precision.TOWNSHIP: 23, Precision.NONE: 3}
    assert Organization.objects.filter(precision=Precision.EXACT).count() == 43
    units = Organization.objects.resource_units()
    assert not units.filter(precision__in=[Precision.EXACT, Precision.COMMUNITY]).exists()


@pytest.mark.usefixtures("_daxing")
def test_a_unit_in_a_town_stands_at_the_towns_point() -> None:
    museum = Organization.objects.get(name__startswith="北京西瓜博物馆")
    assert museum.division is not None
    assert museum.division.code == "110115108"
    assert (museum.lon, museum.lat) == (museum.division.lon, museum.division.lat)
    assert museum.where_words == "按镇街位置显示，不是实际地点"


@pytest.mark.usefixtures("_daxing")
def test_a_unit_beyond_the_district_is_not_put_on_the_map() -> None:
    far = Organization.objects.filter(scope__in=["near", "city"])
    assert far.count() == 14
    assert not far.exclude(precision=Precision.NONE).exists()


@pytest.mark.usefixtures("_daxing")
def test_a_name_that_was_translated_back_says_so() -> None:
    school = Organization.objects.get(name="枣园小学")
    assert "名称由英文资料回译，未经学校核对" in school.certainty
    kept = Organization.objects.get(name__contains="Fuyuan")
    assert "中文名没有查到" in kept.certainty


@pytest.mark.usefixtures("_daxing")
def test_a_school_that_may_not_be_open_says_so() -> None:
    school = Organization.objects.get(name__contains="第三十五中学大兴校区")
    assert "是否开学未核实" in school.certainty


@pytest.mark.usefixtures("_daxing")
def test_a_primary_school_has_six_grades() -> None:
    school = Organization.objects.get(name="枣园小学")
    assert (school.first_grade, school.last_grade) == (1, 6)


@pytest.mark.usefixtures("_daxing")
def test_every_organisation_says_where_it_is_from_and_how_sure_that_is() -> None:
    assert not Organization.objects.filter(certainty="").exists()
    assert not Organization.objects.filter(source="").exists()
    told = "".join(Organization.objects.values_list("certainty", flat=True))
    assert not re.search(r"[a-z_]{4,}", told), "a word of the raw data is shown to readers"


@pytest.mark.usefixtures("_daxing")
def test_people_find_towns_by_the_name_they_say() -> None:
    assert Division.objects.get(code="110115005").short_name == "黄村镇"
    office = Organization.objects.get(kind=Kind.STREET_OFFICE, short_name="黄村镇")
    assert office.name == "大兴区黄村镇人民政府"


@pytest.mark.usefixtures("_daxing")
def test_the_education_commission_leads() -> None:
    lead = Organization.objects.get(kind=Kind.COMMISSION)
    assert lead.name == "大兴区教育委员会"
    assert "统筹" in lead.duty


def test_a_policy_number_that_was_not_rechecked_is_not_for_showing() -> None:
    policies.build()
    policies.build()
    assert Policy.objects.count() == 37
    from_memory = Policy.objects.get(reference="P14")
    assert from_memory.number
    assert not from_memory.number_is_checked
    assert not from_memory.date_is_checked
    seen = Policy.objects.get(reference="P11")
    assert (seen.number, seen.number_is_checked) == ("教体艺〔2023〕1号", True)


def test_no_policy_from_memory_counts_as_checked() -> None:
    policies.build()
    doubtful = [r["id"] for r in rows("policies") if "from_memory" in r["certainty"]]
    assert len(doubtful) > 10
    assert not Policy.objects.filter(reference__in=doubtful, number_is_checked=True).exists()
    assert not Policy.objects.filter(number="", number_is_checked=True).exists()


def test_the_present_term_has_no_announced_end() -> None:
    school_calendar.build()
    school_calendar.build()
    term = current_term(date(2026, 11, 24))
    assert term is not None
    assert (term.start, term.end, term.is_confirmed) == (date(2026, 9, 1), None, False)
    assert SchoolTerm.objects.count() == 10
    assert Holiday.objects.count() == 72


def test_an_unknown_certainty_is_not_passed_over_in_silence() -> None:
    with pytest.raises(KeyError):
        say_certainty("resource", "no such word")
