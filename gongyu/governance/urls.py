from django.urls import path

from . import views

app_name = "governance"
urlpatterns = [
    path("proposal/", views.proposal, name="proposal"),
    path("proposals/<str:number>/", views.proposal, name="proposal"),
]
