"""A census workbook in and out: template, upload and preview, marked copy, import, undo, export."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import services
from gongyu.exchange.census_columns import COLUMNS, cells_of
from gongyu.exchange.census_file import MOST_BYTES, marked_copy, read_census, template
from gongyu.exchange.forms.census import RecordFilter
from gongyu.exchange.models import CensusImport
from gongyu.exchange.policies import can_take_census
from gongyu.exchange.queries.census_board import records

from .exports import download, workbook

SHOWN = 50


@access(can_take_census)
@require_http_methods(["GET", "POST"])
@once
def import_new(request: PersonRequest) -> HttpResponse:
    """Where a workbook is given; posted, it is checked and shown before anything is saved."""
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise DomainError(_("请先选一个表格文件。"))
            raw = file.read(MOST_BYTES + 1)
            upload, _reading = services.upload_census(raw, file.name or "", by=request.user)
        except DomainError as refusal:
            problem = refusal.sentence
        else:
            return redirect(upload)
    latest = CensusImport.objects.exclude(state=CensusImport.State.PREVIEW).defer("file")
    page = {"problem": problem, "imports": latest.select_related("by")[:10]}
    return render(request, "exchange/import_new.html", page)


@access(can_take_census)
@require_GET
def import_template(request: PersonRequest) -> HttpResponse:
    return download(template(), "census-template.xlsx")


def _own(request: PersonRequest, pk: int) -> CensusImport:
    return get_object_or_404(CensusImport.objects.filter(by=request.user), pk=pk)


@access(can_take_census)
@require_GET
def import_page(request: PersonRequest, pk: int) -> HttpResponse:
    upload = _own(request, pk)
    is_preview = upload.state == CensusImport.State.PREVIEW
    reading = read_census(bytes(upload.file)) if is_preview else None
    page = {"upload": upload, "reading": reading, "shown": f":{SHOWN}"}
    return render(request, "exchange/import.html", page)


@access(can_take_census)
@require_GET
def import_marked(request: PersonRequest, pk: int) -> HttpResponse:
    upload = _own(request, pk)
    raw = bytes(upload.file)
    if not raw:
        messages.info(request, _("这份表已经处理过，文件没有留下。"))
        return redirect(upload)
    return download(marked_copy(raw, read_census(raw).faults), "census-faults.xlsx")


@access(can_take_census)
@require_POST
@once
def import_apply(request: PersonRequest, pk: int) -> HttpResponse:
    upload = _own(request, pk)
    number = services.apply_import(upload, by=request.user)
    messages.success(request, _("导入了 %(n)d 项，请单位来核对。") % {"n": number})
    return redirect(upload)


@access(can_take_census)
@require_POST
@once
def import_undo(request: PersonRequest, pk: int) -> HttpResponse:
    upload = _own(request, pk)
    gone, kept = services.undo_import(upload, by=request.user)
    said = _("撤销了，去掉 %(gone)d 项。") % {"gone": gone}
    if kept:
        said += _("有 %(kept)d 项已经有人用，留着。") % {"kept": kept}
    messages.success(request, said)
    return redirect("exchange:census_import_new")


@access(can_take_census)
@require_GET
def census_export(request: PersonRequest) -> HttpResponse:
    """The records as filtered, in the columns in which they are imported, and their use."""
    found: Any = records(RecordFilter(request.GET).chosen())  # rows with annotations
    headers = [column.name for column in COLUMNS]
    headers += ["镇街", "开了几场", "约了几单", "办成", "已过场次的名额", "坐了几个", "核对日期"]
    rows = [
        [
            *cells_of(resource),
            str(resource.unit.town or "没有查到"),
            resource.sessions_open,
            resource.ordered,
            resource.happened,
            resource.seats,
            resource.came,
            entry.confirmed_on if entry else None,
        ]
        for resource in found.prefetch_related("topics")
        for entry in [getattr(resource, "entry", None)]
    ]
    return workbook("摸底", headers, rows, "census")
