"""What kinds of organisation there are, in the words and groups that people choose from."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Organization

SUB_KINDS: dict[str, str | Promise] = {
    "primary": _("小学"),
    "secondary": _("中学"),
    "senior_high_complete": _("完全中学"),
    "nine_year_or_unknown": _("九年一贯制学校"),
    "museum": _("博物馆"),
    "enterprise_museum": _("企业博物馆"),
    "enterprise_visit": _("企业参观"),
    "culture_park": _("文化园"),
    "heritage_site": _("文物古迹"),
    "library": _("图书馆"),
    "culture_centre": _("文化馆"),
    "township_culture_centre": _("综合文化中心"),
    "archive": _("档案馆"),
    "park": _("公园"),
    "zoo": _("动物园"),
    "agri_park": _("农业园"),
    "agri_base": _("学农基地"),
    "university": _("高校"),
    "science_centre": _("科学中心"),
    "science_venue_planned": _("科技展厅（规划）"),
    "science_assoc": _("科协"),
    "youth_centre": _("青少年科技馆"),
    "infrastructure": _("机场"),
    "hospital": _("医院"),
    "legal": _("法治单位"),
    "legal_base": _("法治教育基地"),
    "fire": _("消防"),
    "sports_centre": _("体育中心"),
    "family_education": _("家庭教育指导"),
    "expert_pool": _("专家库"),
    "elders_pool": _("五老队伍"),
    "youth_league": _("共青团"),
    "women_fed": _("妇联"),
    "programme": _("项目"),
    "subdistrict": _("街道"),
    "area_office_with_town": _("镇（地区办事处）"),
    "town": _("镇"),
    "functional_zone": _("功能区"),
    "residents_committee": _("居委会"),
    "villagers_committee": _("村委会"),
    "similar_residents_unit": _("园区管理单位"),
    "virtual": _("统计用单位"),
}


@dataclass(frozen=True, slots=True)
class Family:
    """One choice of the map's filter."""

    code: str
    label: str | Promise
    kind: Organization.Kind
    sub_kinds: frozenset[str] = frozenset()

    @property
    def rule(self) -> Q:
        of_kind = Q(kind=self.kind)
        return of_kind & Q(sub_kind__in=self.sub_kinds) if self.sub_kinds else of_kind


def _units(code: str, label: str | Promise, *sub_kinds: str) -> Family:
    return Family(code, label, Organization.Kind.RESOURCE_UNIT, frozenset(sub_kinds))


FAMILIES = (
    Family("school", _("学校"), Organization.Kind.SCHOOL),
    _units(
        *("culture", _("场馆与文化"), "museum", "enterprise_museum", "culture_park"),
        *("heritage_site", "library", "culture_centre", "township_culture_centre", "archive"),
    ),
    _units("nature", _("公园与农园"), "park", "zoo", "agri_park", "agri_base"),
    _units(
        *("science", _("科技与企业"), "enterprise_visit", "university", "science_centre"),
        *("science_venue_planned", "science_assoc", "youth_centre", "infrastructure"),
    ),
    _units("health", _("医院"), "hospital"),
    _units("law", _("法治与安全"), "legal", "legal_base", "fire"),
    _units("sport", _("体育"), "sports_centre"),
    _units(
        *("people", _("家庭教育与志愿"), "family_education", "expert_pool", "elders_pool"),
        *("youth_league", "women_fed", "programme"),
    ),
)


def kind_label(organization: Organization) -> str:
    """The closest word for what it is: 博物馆 rather than 资源单位."""
    return str(SUB_KINDS.get(organization.sub_kind) or organization.get_kind_display())
