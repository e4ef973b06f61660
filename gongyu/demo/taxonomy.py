"""The two-level taxonomy of what children need, with one character of type for each topic."""

from gongyu.exchange.models import Topic

from .data import rows

_HUOZI = {f"T{n:02}": char for n, char in enumerate("眼食心网跑科农法读艺红家业绿行", start=1)}


def build() -> None:
    """Topics of both levels; may run again."""
    for row in rows("topics"):
        parent, _made = Topic.objects.update_or_create(
            code=row["l1_code"],
            defaults={"name": row["l1_topic"], "huozi": _HUOZI[row["l1_code"]], "parent": None},
        )
        Topic.objects.update_or_create(
            code=row["l2_code"],
            defaults={
                "name": row["l2_topic"],
                "parent": parent,
                "synonyms": row["synonyms"],
                "audience": row["typical_audience"],
                "huozi": _HUOZI[row["l1_code"]],
            },
        )
