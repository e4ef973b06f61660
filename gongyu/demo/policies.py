"""The policies that explainers explain, with what of them was really seen."""

from django.db import transaction

from gongyu.publishing.models import Policy

from .data import rows, say_certainty

_NUMBER_SEEN = ("seen", "number seen", "seed file")
_DATE_SEEN = (*_NUMBER_SEEN, "text seen", "summary seen", "title/issuers/date", "issuer/date")


@transaction.atomic
def build() -> None:
    """Save the policies; numbers and dates from memory are kept unchecked and never shown."""
    Policy.objects.bulk_create(
        [_policy(row) for row in rows("policies")],
        update_conflicts=True,
        unique_fields=["reference"],
        update_fields=[
            *("title", "issuer", "number", "number_is_checked", "dated", "date_is_checked"),
            *("summary", "topics", "site", "source_url", "certainty"),
        ],
    )


def _policy(row: dict[str, str]) -> Policy:
    word = row["certainty"]
    return Policy(
        reference=row["id"],
        title=row["title"],
        issuer=row["issuing_body"],
        number=row["document_number"],
        number_is_checked=bool(row["document_number"]) and word.startswith(_NUMBER_SEEN),
        dated=row["date"],
        date_is_checked=bool(row["date"]) and word.startswith(_DATE_SEEN),
        summary=row["summary"],
        topics=row["topics"],
        site=row["official_site"],
        source_url=row["page_address_seen"],
        certainty=say_certainty("policy", word),
    )
