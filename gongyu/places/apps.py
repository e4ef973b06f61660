from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "gongyu.places"
    label = "places"
    verbose_name = "地方与单位"
