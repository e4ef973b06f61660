"""The inbox."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongyu.accounts.requests import PersonRequest
from gongyu.core.access import access, signed_in

from . import queries, services
from .models import Notice

ON_A_PAGE = 20


@access(signed_in)
@require_GET
def inbox(request: PersonRequest) -> HttpResponse:
    page = Paginator(queries.inbox(request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/inbox.html", {"page_obj": page})


@access(signed_in)
@require_POST
def open_notice(request: PersonRequest, pk: int) -> HttpResponse:
    """Mark one's notice as read and go where it is dealt with."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    services.mark_read(notice)
    return HttpResponseRedirect(notice.url)


@access(signed_in)
@require_POST
def read_all(request: PersonRequest) -> HttpResponse:
    number = services.mark_all_read(request.user)
    messages.success(request, _("%(n)d 条都标成已读了。") % {"n": number})
    return redirect("notices:inbox")
