from django.urls import path

from . import views

app_name = "core"
urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("privacy/", views.about_privacy, name="about_privacy"),
    path("components/", views.gallery, name="gallery"),
    path("offline/", views.offline, name="offline"),
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("health/", views.health, name="health"),
]
