from django.urls import path, re_path

from . import views

app_name = "places"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("map/", views.map_page, name="map"),
    path("map/points/", views.points, name="points"),
    re_path(r"^division/(?P<code>[0-9]{6,12})/$", views.division, name="division"),
    path("<int:pk>/", views.organization, name="organization"),
]
