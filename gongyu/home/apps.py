from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "gongyu.home"
    label = "home"
    verbose_name = "首页"
