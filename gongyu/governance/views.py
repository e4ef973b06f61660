"""The public page of a proposal."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gongyu.core.access import access, everyone

from .queries import proposal_page


@access(everyone)
@require_GET
def proposal(request: HttpRequest, number: str | None = None) -> HttpResponse:
    """A proposal, its recommendations and what answers each; without a number the newest."""
    page = proposal_page(number)
    if page is None and number is not None:
        raise Http404
    return render(request, "governance/proposal.html", {"page": page})
