"""One resource twice in a unit: looked at side by side, made one, put back."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongyu.accounts.models import Role
from gongyu.accounts.queries import organization_ids
from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.once import once
from gongyu.exchange import services
from gongyu.exchange.models import Resource, ResourceMerge
from gongyu.exchange.models.merges import UNDO_WITHIN
from gongyu.exchange.policies import can_merge_resources, can_take_census
from gongyu.exchange.queries.duplicate_resources import resource_counts

from .merges import moved_labels


def _reachable(request: PersonRequest) -> QuerySet[Resource]:
    found = Resource.objects.select_related("unit", "entry").prefetch_related("topics")
    if can_take_census.test(request.user):
        return found
    return found.filter(unit__in=organization_ids(request.user, Role.UNIT))


def _list(request: PersonRequest) -> dict[str, str]:
    """Where the pair was proposed: the commission's page, or the unit's own."""
    if can_take_census.test(request.user):
        return {"list": "exchange:duplicates", "list_name": _("查重")}
    return {"list": "exchange:resources", "list_name": _("我们的资源")}


@access(can_merge_resources)
@require_http_methods(["GET", "POST"])
@once
def resource_pair(request: PersonRequest, first_pk: int, second_pk: int) -> HttpResponse:
    """Both side by side; posted, they are made one (``do=merge``) or said to be two."""
    first = get_object_or_404(_reachable(request), pk=first_pk)
    others = _reachable(request).filter(unit=first.unit_id).exclude(pk=first.pk)
    second = get_object_or_404(others, pk=second_pk)
    if request.method == "POST":
        if request.POST.get("do") != "merge":
            services.keep_resources_apart(first, second, by=request.user)
            messages.success(request, _("记下了，这两项不再列出来。"))
            return redirect(_list(request)["list"])
        keeps_second = request.POST.get("kept") == "second"
        kept, gone = (second, first) if keeps_second else (first, second)
        merge = services.merge_resources(kept, gone, by=request.user)
        messages.success(request, _("并好了。30 天里发现不对，可以撤销。"))
        return redirect(merge)
    page = {
        "first": first,
        "second": second,
        "both": [
            (key, resource, resource_counts(resource))
            for key, resource in (("first", first), ("second", second))
        ],
        **_list(request),
    }
    return render(request, "exchange/resource_pair.html", page)


def _merge(request: PersonRequest, pk: int) -> ResourceMerge:
    found = ResourceMerge.objects.visible_to(request.user)
    return get_object_or_404(found.select_related("kept__unit", "gone", "by", "undone_by"), pk=pk)


@access(can_merge_resources)
@require_GET
def resource_merge(request: PersonRequest, pk: int) -> HttpResponse:
    """What was merged, what moved, until when it can be undone."""
    found = _merge(request, pk)
    page = {
        "merge": found,
        "moved": moved_labels(found.moved),
        "until": found.at + UNDO_WITHIN,
        **_list(request),
    }
    return render(request, "exchange/resource_merge.html", page)


@access(can_merge_resources)
@require_POST
@once
def resource_merge_undo(request: PersonRequest, pk: int) -> HttpResponse:
    found = services.undo_resource_merge(_merge(request, pk), by=request.user)
    messages.success(request, _("撤销了，又是两项。"))
    return redirect(found)
