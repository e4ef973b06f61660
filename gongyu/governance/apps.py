from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "gongyu.governance"
    label = "governance"
    verbose_name = "协同治理"
