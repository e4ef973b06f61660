"""Handing out a stored picture: to our own pages only, as nothing but a picture."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import gettext as _

# A picture is only ever a picture: nothing in it runs, and no other site embeds it.
_HEADERS = {
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Cookie, Referer, Sec-Fetch-Site",
}
FOR_AN_HOUR = "private, max-age=3600"
NOT_KEPT = "private, no-store"


def answer_picture(request: HttpRequest, file: FieldFile, *, keep: str) -> FileResponse:
    """The JPEG in ``file``; who may see it was asked before. ``keep``: the browser's cache."""
    if _is_embedded_elsewhere(request):
        raise PermissionDenied(_("这张照片只在本平台的页面上给看。"))
    try:
        opened = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(opened, content_type="image/jpeg")
    for name, value in _HEADERS.items():
        response[name] = value
    response["Cache-Control"] = keep
    return response


def _is_embedded_elsewhere(request: HttpRequest) -> bool:
    """Whether the page of another site asks for it; an address typed in comes from nowhere."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return True
    referer = request.headers.get("Referer", "")
    return bool(referer) and urlsplit(referer).netloc != request.get_host()
