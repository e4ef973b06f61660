from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "gongyu.exchange"
    label = "exchange"
    verbose_name = "供需对接"
