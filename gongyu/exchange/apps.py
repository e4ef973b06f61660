from datetime import timedelta

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "gongyu.exchange"
    label = "exchange"
    verbose_name = "供需对接"

    def ready(self) -> None:
        from gongyu.core import chores  # models are there only now

        from .services import (
            book_visits,
            close_interrupted,
            forget_rolls,
            mind_deadlines,
            offer_all_places,
        )

        chores.register("exchange.deadlines", every=timedelta(hours=1), work=mind_deadlines)
        chores.register("exchange.ledger", every=timedelta(hours=1), work=book_visits)
        chores.register("exchange.queues", every=timedelta(hours=1), work=offer_all_places)
        chores.register("exchange.runs", every=timedelta(minutes=1), work=close_interrupted)
        chores.register("exchange.rolls", every=timedelta(hours=1), work=forget_rolls)
