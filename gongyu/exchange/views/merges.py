"""Units that stand there twice: found, looked at side by side, made one, put back."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.once import once
from gongyu.exchange import services
from gongyu.exchange.models import Order, ResourceMerge, Session, UnitMerge
from gongyu.exchange.models.merges import UNDO_WITHIN
from gongyu.exchange.policies import can_take_census
from gongyu.exchange.queries.duplicate_resources import resource_candidates
from gongyu.exchange.queries.duplicates import candidates
from gongyu.exchange.services.merges import CHOICES
from gongyu.places.kinds import SUB_KINDS
from gongyu.places.models import Organization

A_PAGE = 20
_LABELS = {
    "name": gettext_lazy("全称"),
    "short_name": gettext_lazy("简称"),
    "sub_kind": gettext_lazy("细类"),
    "division": gettext_lazy("镇街社区"),
    "address": gettext_lazy("地址"),
    "point": gettext_lazy("位置"),
    "phone": gettext_lazy("电话"),
    "opening_hours": gettext_lazy("开放时间"),
    "about": gettext_lazy("介绍"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of both, and which of the two is proposed: what is filled in."""

    key: str
    label: str
    first: str
    second: str
    proposes_second: bool

    @property
    def is_same(self) -> bool:
        return self.first == self.second


@access(can_take_census)
@require_GET
def duplicate_list(request: PersonRequest) -> HttpResponse:
    page = {
        "page_obj": Paginator(candidates(), A_PAGE).get_page(request.GET.get("page")),
        "merges": list(UnitMerge.objects.select_related("kept", "gone", "by")[:10]),
        "resource_pairs": resource_candidates(),
        "resource_merges": list(
            ResourceMerge.objects.select_related("kept__unit", "gone", "by")[:10]
        ),
    }
    return render(request, "exchange/duplicates.html", page)


@access(can_take_census)
@require_http_methods(["GET", "POST"])
@once
def duplicate_pair(request: PersonRequest, first_pk: int, second_pk: int) -> HttpResponse:
    """Both side by side; posted, they are made one (``do=merge``) or said to be two."""
    units = Organization.objects.resource_units().filter(merged_into__isnull=True)
    units = units.select_related("division")
    first = get_object_or_404(units, pk=first_pk)
    second = get_object_or_404(units.exclude(pk=first_pk), pk=second_pk)
    if request.method == "POST":
        if request.POST.get("do") != "merge":
            services.keep_apart(first, second, by=request.user)
            messages.success(request, _("记下了，这两家不再列出来。"))
            return redirect("exchange:duplicates")
        keeps_second = request.POST.get("kept") == "second"
        kept, gone = (second, first) if keeps_second else (first, second)
        theirs = "first" if keeps_second else "second"
        chosen = {key: "gone" for key in CHOICES if request.POST.get(key) == theirs}
        merge = services.merge_units(kept, gone, chosen=chosen, by=request.user)
        messages.success(request, _("并好了。30 天里发现不对，可以撤销。"))
        return redirect(merge)
    page = {
        "first": first,
        "second": second,
        "choices": [_choice(key, first, second) for key in CHOICES],
        "counts": [(unit, unit_counts(unit)) for unit in (first, second)],
    }
    return render(request, "exchange/duplicate_pair.html", page)


def _choice(key: str, first: Organization, second: Organization) -> Choice:
    def said(unit: Organization) -> str:
        if key == "point":
            return f"{unit.get_precision_display()} {unit.lon or ''} {unit.lat or ''}".strip()
        if key == "division":
            return str(unit.division or "")
        if key == "sub_kind":
            return _shown(key, unit.sub_kind)
        return str(getattr(unit, key))

    one, other = said(first), said(second)
    proposes = not one and bool(other)
    if key == "point":
        proposes = not first.is_pinned and second.is_pinned
    return Choice(key, str(_LABELS[key]), one, other, proposes)


def unit_counts(unit: Organization) -> dict[str, int]:
    """How much hangs on a unit: for whoever decides which of two stays."""
    return {
        "resources": unit.resources.count(),
        "sessions": Session.objects.filter(resource__unit=unit).count(),
        "orders": Order.objects.filter(session__resource__unit=unit).count(),
        "people": unit.memberships.count(),
    }


def _merge(pk: int) -> UnitMerge:
    found = UnitMerge.objects.select_related("kept", "gone", "by", "undone_by")
    return get_object_or_404(found, pk=pk)


@access(can_take_census)
@require_GET
def merge(request: PersonRequest, pk: int) -> HttpResponse:
    """What was merged: which rows moved, which values were taken, until when it can be undone."""
    found = _merge(pk)
    taken = [
        (str(_LABELS[key]), *(_shown(key, found.fields[names[0]][n]) for n in (0, 2)))
        for key, names in CHOICES.items()
        if names[0] in found.fields and key not in {"division", "point"}
    ]
    page = {
        "merge": found,
        "moved": moved_labels(found.moved),
        "taken": taken,
        "until": found.at + UNDO_WITHIN,
    }
    return render(request, "exchange/merge.html", page)


def _shown(key: str, value: str) -> str:
    return str(SUB_KINDS.get(value, value)) if key == "sub_kind" else value


def moved_labels(moved: dict[str, list[int]]) -> list[tuple[str, int]]:
    """What moved, in the words of the tables, and how many rows of each."""
    return [(_table(label), len(keys)) for label, keys in sorted(moved.items()) if keys]


def _table(label: str) -> str:
    """A table between two others has no words of its own: it is said as what it joins."""
    model = apps.get_model(label.rsplit(".", 1)[0])
    if not model._meta.auto_created:
        return str(model._meta.verbose_name)
    column = label.rsplit(".", 1)[1]
    joined = next(f for f in model._meta.fields if f.is_relation and f.name != column)
    return str(joined.related_model._meta.verbose_name)


@access(can_take_census)
@require_POST
@once
def merge_undo(request: PersonRequest, pk: int) -> HttpResponse:
    found = services.undo_merge(_merge(pk), by=request.user)
    messages.success(request, _("撤销了，又是两家。"))
    return redirect(found)
