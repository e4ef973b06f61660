"""The visitor's front page, and each role's first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gongyu.core.access import access, everyone, signed_in


@access(everyone)
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "home/front.html")


@access(signed_in)
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    return render(request, "home/today.html")
