from django.urls import path, re_path

from . import views, writing
from .models import Article

_CHANNEL = "|".join(Article.Channel.values)

app_name = "publishing"
urlpatterns = [
    re_path(rf"^(?P<channel>{_CHANNEL})/$", views.channel, name="channel"),
    path("article/<int:pk>/", views.article, name="article"),
    path("activities/", views.activities, name="activities"),
    path("policies/", views.policies, name="policies"),
    path("policies/<int:pk>/", views.policy, name="policy"),
    path("write/", writing.write, name="write"),
    path("mine/", writing.mine, name="mine"),
    path("article/<int:pk>/edit/", writing.edit, name="edit"),
    path("article/<int:pk>/withdraw/", writing.withdraw, name="withdraw"),
    path("review/", writing.review, name="review"),
    path("article/<int:pk>/publish/", writing.publish, name="publish"),
    path("article/<int:pk>/return/", writing.give_back, name="return"),
]
