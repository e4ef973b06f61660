"""What a page shows, as a workbook: text that would be a formula is written as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from gongyu.core.calendar import today
from gongyu.core.spreadsheets import Sheet, Value
from gongyu.exchange.census_file import as_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def workbook(
    title: str, headers: list[str], rows: Iterable[Sequence[Value]], name: str
) -> HttpResponse:
    """One sheet; ``name`` is the file's, in ASCII, to which the day is added."""
    sheet = Sheet(title, headers, rows)
    return download(as_bytes("export.xlsx", [sheet]), f"{name}-{today():%Y%m%d}.xlsx")
