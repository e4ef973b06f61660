"""一起办 and 分两批: several needs in one visit, one need on two half-days."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.core.errors import DomainError
from gongyu.core.once import once
from gongyu.exchange import queries, services
from gongyu.exchange.forms import SplitForm
from gongyu.exchange.models import JoinedNeed, Need
from gongyu.exchange.policies import can_answer_orders, can_file_need

from .doors import need_for, number, order_for
from .orders import again


@access(can_file_need)
@require_POST
@once
def need_join(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask one of the neighbours that the need's page names; no other need is reached this way."""
    need = need_for(request, pk)
    wanted = number(request.POST.get("other"))
    neighbours = queries.together_of(need).neighbours if need.state == Need.State.POOLED else []
    other = next((n.need for n in neighbours if n.need.pk == wanted), None)
    if other is None:
        raise DomainError(_("那边刚刚有了别的安排，一起办不成了。看看还有谁合适。"))
    services.ask_together(need, other, by=request.user)
    messages.success(request, _("问过%(school)s了，它点头就一起办。") % {"school": other.school})
    return redirect(need)


@access(can_file_need)
@require_POST
@once
def join_agree(request: PersonRequest, pk: int) -> HttpResponse:
    asked = _joining(request, pk)
    services.agree_together(asked, by=request.user)
    messages.success(request, _("说好了，一起办。谁先选好半天，就替大家一起点单。"))
    return redirect(asked.need)


@access(can_file_need)
@require_POST
@once
def join_leave(request: PersonRequest, pk: int) -> HttpResponse:
    """不一起办: as an answer, or as a change of mind."""
    member = _joining(request, pk)
    services.leave_together(member, by=request.user)
    messages.success(request, _("好的，各办各的。"))
    return redirect(member.need)


def _joining(request: PersonRequest, pk: int) -> JoinedNeed:
    joinings = JoinedNeed.objects.visible_to(request.user).select_related("need")
    return get_object_or_404(joinings, pk=pk)


@access(can_answer_orders)
@require_POST
@once
def order_split(request: PersonRequest, pk: int) -> HttpResponse:
    order = order_for(request, pk)
    form = SplitForm(request.POST, unit=order.session.resource.unit)
    if not form.is_valid():
        return again(request, order, "split_form", form)
    first, second = form.cleaned_data["halves"]
    services.propose_split(order, first, second, by=request.user, words=form.cleaned_data["words"])
    messages.success(request, _("分两批的提议送到学校了，它点一下同意就定了。"))
    return redirect(order)
