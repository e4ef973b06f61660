"""School grades as numbers: kindergarten −2 (小班) to 0 (大班), then 1 to 12."""

from django.utils.translation import gettext as _

FIRST, LAST = -2, 12
NAMES: dict[int, str] = {
    -2: "小班",
    -1: "中班",
    0: "大班",
    **{g: f"{'一二三四五六'[g - 1]}年级" for g in range(1, 7)},
    7: "初一",
    8: "初二",
    9: "初三",
    10: "高一",
    11: "高二",
    12: "高三",
}
CHOICES = list(NAMES.items())


def say_range(first: int, last: int) -> str:
    """A range of grades as a teacher says it: 三年级, 三至五年级, 初一至初三, 小学, 不限年级."""
    if first == last:
        return NAMES[first]
    whole = {(1, 6): _("小学"), (7, 9): _("初中"), (10, 12): _("高中"), (1, 9): _("小学、初中")}
    whole |= {(1, 12): _("中小学"), (7, 12): _("初中、高中"), (-2, 0): _("幼儿园")}
    whole |= {(-2, 12): _("不限年级")}
    if (first, last) in whole:
        return whole[first, last]
    if 1 <= first <= last <= 6:
        return f"{NAMES[first][0]}至{NAMES[last]}"
    return f"{NAMES[first]}至{NAMES[last]}"
