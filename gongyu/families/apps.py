from django.apps import AppConfig


class FamiliesConfig(AppConfig):
    name = "gongyu.families"
    label = "families"
    verbose_name = "家庭"
