"""Every address of the product: one line an app."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from gongyu.core.views import forbidden, not_found, server_error

urlpatterns = [
    path("", include("gongyu.home.urls")),
    path("", include("gongyu.core.urls")),
    path("account/", include("gongyu.accounts.urls")),
    path("places/", include("gongyu.places.urls")),
    path("notices/", include("gongyu.notices.urls")),
    path("families/", include("gongyu.families.urls")),
    path("read/", include("gongyu.publishing.urls")),
    path("exchange/", include("gongyu.exchange.urls")),
    path("governance/", include("gongyu.governance.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns += [path("demo/", include("gongyu.demo.urls"))]

handler403 = forbidden
handler404 = not_found
handler500 = server_error
