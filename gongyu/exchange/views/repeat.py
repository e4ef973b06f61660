"""再办一次: an earlier need opens as a filled-in form; nothing is filed until it is pressed."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access
from gongyu.exchange import queries
from gongyu.exchange.forms import NeedForm
from gongyu.exchange.forms.facts import facts_of
from gongyu.exchange.models import Need
from gongyu.exchange.policies import can_file_need
from gongyu.exchange.queries.repeat import filled_in_from

from .doors import school_of


@access(can_file_need)
@require_GET
def need_repeat(request: PersonRequest, pk: int) -> HttpResponse:
    school = school_of(request)
    need = get_object_or_404(Need.objects.visible_to(request.user).filter(school=school), pk=pk)
    own = {c.pk for c in NeedForm(school=school, user=request.user).classes}
    values = filled_in_from(need, own)
    form = NeedForm(school=school, user=request.user, like=need, initial=values)
    codes = list(need.topics.order_by("code").values_list("code", flat=True))
    choice = queries.choose_topics(need.words, ticked=codes)
    page = {
        "form": form,
        "choice": choice,
        "facts": facts_of(form),
        "asks_at_once": True,
        "is_fresh": False,
        "repeated": need,
    }
    return render(request, "exchange/need_new.html", page)
