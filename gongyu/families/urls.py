from django.urls import path

from . import views

app_name = "families"
urlpatterns = [
    path("classes/", views.classes, name="classes"),
    path("classes/<int:class_id>/note/", views.note_new, name="note_new"),
    path("children/", views.children, name="children"),
    path("child/<int:pk>/", views.child, name="child"),
    path("child/<int:pk>/readers/", views.readers, name="readers"),
    path("note/<int:pk>/", views.note, name="note"),
    path("note/<int:pk>/withdraw/", views.note_withdraw, name="note_withdraw"),
]
