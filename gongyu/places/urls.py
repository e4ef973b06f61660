from django.urls import path

from . import views

app_name = "places"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("map/", views.map_page, name="map"),
    path("map/points/", views.points, name="points"),
    path("division/<str:code>/", views.division, name="division"),
    path("<int:pk>/", views.organization, name="organization"),
]
