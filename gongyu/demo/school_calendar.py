"""Terms, holidays and make-up workdays as the city announced them."""

from datetime import date

from django.db import transaction

from gongyu.core.models import Holiday, SchoolTerm

from .data import rows


@transaction.atomic
def build() -> None:
    """Save the announced calendar; periods whose start is not known yet have no row."""
    SchoolTerm.objects.bulk_create(
        [_term(row) for row in rows("terms") if row["start"]],
        update_conflicts=True,
        unique_fields=["school_year", "semester", "school_kind", "period"],
        update_fields=["start", "end", "is_confirmed", "source"],
    )
    Holiday.objects.bulk_create(
        [
            Holiday(date=date.fromisoformat(row["date"]), kind=row["type"], name=row["name"])
            for row in rows("holidays")
        ],
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["kind", "name"],
    )


def _term(row: dict[str, str]) -> SchoolTerm:
    return SchoolTerm(
        school_year=row["school_year"],
        semester=int(row["semester"]),
        school_kind=row["school_kind"],
        period=row["period"],
        start=date.fromisoformat(row["start"]),
        end=date.fromisoformat(row["end"]) if row["end"] else None,
        is_confirmed=row["certainty"] == "confirmed",
        source=row["source"],
    )
