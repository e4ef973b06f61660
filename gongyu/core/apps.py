from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gongyu.core"
    label = "core"
    verbose_name = "底座"
