"""Addresses of the exchange."""

from django.urls import path

from .views import figures, filing, needs, offers, orders, runs

app_name = "exchange"
urlpatterns = [
    path("figures/", figures.figure_list, name="figures"),
    path("needs/", needs.need_list, name="needs"),
    path("needs/new/", filing.need_new, name="need_new"),
    path("needs/new/suggest/", filing.need_suggest, name="need_suggest"),
    path("needs/new/fit/", filing.need_fit, name="need_fit"),
    path("needs/<int:pk>/", needs.need_page, name="need"),
    path("needs/<int:pk>/order/", needs.order_place, name="order_place"),
    path("needs/<int:pk>/withdraw/", needs.need_withdraw, name="need_withdraw"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/accept-all/", orders.order_accept_all, name="order_accept_all"),
    path("orders/<int:pk>/", orders.order_page, name="order"),
    path("orders/<int:pk>/accept/", orders.order_accept, name="order_accept"),
    path("orders/<int:pk>/propose/", orders.order_propose, name="order_propose"),
    path("orders/<int:pk>/decline/", orders.order_decline, name="order_decline"),
    path("orders/<int:pk>/agree/", orders.order_agree, name="order_agree"),
    path("orders/<int:pk>/refuse/", orders.order_refuse, name="order_refuse"),
    path("orders/<int:pk>/cancel/", orders.order_cancel, name="order_cancel"),
    path("orders/<int:pk>/rate/", orders.order_rate, name="order_rate"),
    path("resources/", offers.resource_list, name="resources"),
    path("sessions/<int:pk>/withdraw/", offers.session_withdraw, name="session_withdraw"),
    path("offers/<int:organization_pk>/", offers.offer_list, name="offers"),
    path("runs/", runs.run_list, name="runs"),
    path("runs/<int:pk>/", runs.run_page, name="run"),
    path("runs/<int:pk>/progress/", runs.run_progress, name="run_progress"),
    path("runs/<int:pk>/cancel/", runs.run_cancel, name="run_cancel"),
    path("runs/<int:pk>/dispatch/", runs.run_dispatch, name="run_dispatch"),
]
