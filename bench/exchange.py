"""The need form's answer and the desk's first page at a large district's size.

One process builds the demo district, times the pages, grows the same district to 8,000 open
sessions and 5,000 needs, and times them again. Beside them stands a bare view of equal weight: the
same template with all that it shows at hand, and as many queries, each of one row by its key. What
the desk costs beyond it is what it counts. Garbage is collected as the server does it. Figures are
milliseconds of processor time (the database, SQLite, is in the process), so that others at work on
the machine change them little; 95 of 100 requests stay within them. The last line is JSON:

answer_p95_ratio   the answer (topics, candidates, near misses) at the large size / at the demo's
desk_p95_ratio     the desk's first page at the large size / the bare view
template_ms        the same template without any query of its own
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 24)
SESSIONS, NEEDS = 8_000, 5_000
WORDS = "体检出来近视的又多了好几个，想请人来做视力检查，再讲讲近视防控"
AIM = 2.0  # the desk against a bare view


def set_up(home: str) -> None:
    sys.path.insert(0, str(ROOT))
    os.environ |= {
        "GONGYU_HOME": home,
        "GONGYU_DEMO": "1",
        "GONGYU_DATE": DAY.isoformat(),
        "DJANGO_SETTINGS_MODULE": "gongyu.config.settings",
    }
    os.environ.pop("GONGYU_DEBUG", None)
    import django
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()  # responses then tell the context that they were drawn from
    call_command("migrate", verbosity=0)
    from gongyu.core.garbage import settle
    from gongyu.demo.build import build_district

    build_district(DAY)
    settle()


def grow() -> tuple[int, int]:
    """Copy resources, sessions, needs and orders of the demo until the district is large."""
    from gongyu.exchange.models import Need, Resource, Session

    resources = list(Resource.objects.prefetch_related("topics"))
    sessions = list(Session.objects.all())
    needs = list(Need.objects.prefetch_related("need_topics"))
    number = 1
    while (short := SESSIONS - Session.objects.upcoming().count()) > 0:
        number += 1
        copies = _copy_resources(resources, number)
        _copy_sessions(sessions[-short:], copies)
    while (short := NEEDS - Need.objects.count()) > 0:
        _copy_needs(needs[:short])
    return Session.objects.upcoming().count(), Need.objects.count()


def _copy_resources(resources: list[Any], number: int) -> dict[int, Any]:
    from gongyu.exchange.models import Resource

    copies = {old.pk: _copied(old, title=f"{old.title[:50]}之{number}") for old in resources}
    Resource.objects.bulk_create(copies.values())
    through = Resource.topics.through
    through.objects.bulk_create(
        through(resource_id=copies[old.pk].pk, topic_id=topic.pk)
        for old in resources
        for topic in old.topics.all()
    )
    return copies


def _copy_sessions(sessions: list[Any], resources: dict[int, Any]) -> None:
    from gongyu.exchange.models import Session

    Session.objects.bulk_create(
        (_copied(old, resource=resources[old.resource_id], seats_taken=0) for old in sessions),
        batch_size=500,
    )


def _copy_needs(needs: list[Any]) -> None:
    """Needs with their orders; who is seated already keeps the seat, copies are over or waiting."""
    from gongyu.exchange.models import Need, NeedTopic, Order, Rating

    copies = {old.pk: _copied(old) for old in needs}
    Need.objects.bulk_create(copies.values(), batch_size=500)
    NeedTopic.objects.bulk_create(
        (_copied(t, need=copies[old.pk]) for old in needs for t in old.need_topics.all()),
        batch_size=500,
    )
    orders = Order.objects.filter(need__in=[old.pk for old in needs], is_exclusive=False)
    # A class is in one place a half-day; its need still names it.
    placed = {old.pk: _copied(old, need=copies[old.need_id], school_class=None) for old in orders}
    Order.objects.bulk_create(placed.values(), batch_size=500)
    Rating.objects.bulk_create(
        (
            _copied(old, order=placed[old.order_id])
            for old in Rating.objects.filter(order__in=orders)
        ),
        batch_size=500,
    )


def _copied(old: Any, **changed: Any) -> Any:
    """A new row with the same fields, but for those that are given."""
    fields = {f.attname: getattr(old, f.attname) for f in old._meta.concrete_fields}
    fields.pop(old._meta.pk.attname)
    for name in changed:
        fields.pop(f"{name}_id", None)
    return type(old)(**fields | changed)


def browser(username: str) -> Any:
    from django.test import Client

    from gongyu.accounts.models import User

    client = Client()
    client.force_login(
        User.objects.get(username=username), "gongyu.accounts.backends.PhoneOrNameBackend"
    )
    return client


class Pages:
    """The three pages that are timed."""

    def __init__(self) -> None:
        self.teacher = browser("demo-teacher")
        self.office = browser("demo-commission")
        page = self.teacher.get("/exchange/needs/new/")
        form = page.context["form"]
        self.fields = {name: form[name].value() for name in form.fields}
        self.fields = {k: v for k, v in self.fields.items() if v not in (None, "", [])}
        self.fields |= {"words": WORDS}
        suggested = self.suggest()
        self.ticked = [topic.code for topic in suggested.context["choice"].ticked]
        assert self.ticked, "no topic was suggested"
        assert self.answer().context["fit"].offers, "nobody could come"

    def suggest(self) -> Any:
        return self.teacher.post("/exchange/needs/new/suggest/", self.fields)

    def answer(self) -> Any:
        """Topics for the words, then candidates and near misses, as the page asks for them."""
        self.suggest()
        return self.teacher.post("/exchange/needs/new/fit/", self.fields | {"topics": self.ticked})

    def desk(self) -> Any:
        return self.office.get("/exchange/desk/")


def bare(ready: dict[str, Any], queries: int) -> Callable[[], Any]:
    """The desk's template behind the same doors, with all that it shows at hand.

    It asks the database that many times for one row by its key.
    """
    from django.http import HttpRequest, HttpResponse
    from django.shortcuts import render
    from django.urls import clear_url_caches, path

    from gongyu.config import urls
    from gongyu.core.access import access
    from gongyu.exchange.models import Order
    from gongyu.exchange.policies import can_run_matching

    keys = list(Order.objects.values_list("pk", flat=True)[:queries])

    @access(can_run_matching)
    def plain(request: HttpRequest) -> HttpResponse:
        for key in keys:
            Order.objects.get(pk=key)
        return render(request, "exchange/desk.html", ready)

    address = f"bare-{queries}/"
    urls.urlpatterns.insert(0, path(address, plain))
    clear_url_caches()
    office = browser("demo-commission")
    return lambda: office.get(f"/{address}")


def context_of(response: Any) -> dict[str, Any]:
    """What a view gave to its template, with lazy rows read."""
    from django.db.models import QuerySet

    shell = {"request", "user", "csrf_token", "messages", "perms", "block"}
    given = {name: response.context[name] for name in response.context.keys() - shell}
    return {n: list(v) if isinstance(v, QuerySet) else v for n, v in given.items()}


def queries_of(act: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    act()
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)


def p95(acts: dict[str, Callable[[], Any]], times: int) -> dict[str, float]:
    """Milliseconds of processor time within which 95 of 100 requests are answered.

    One request of each in turn, so that a busy moment of the machine meets all of them.
    """
    spent: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(times):
        for name, act in acts.items():
            started = time.process_time()
            response = act()
            spent[name].append(1e3 * (time.process_time() - started))
            assert response.status_code == 200, response.status_code
    return {name: round(statistics.quantiles(each, n=20)[-1], 1) for name, each in spent.items()}


@contextmanager
def as_served() -> Iterator[None]:
    """Without what Django's tests hang onto every template."""
    from django.conf import settings
    from django.test.utils import setup_test_environment, teardown_test_environment

    teardown_test_environment()
    hosts, settings.ALLOWED_HOSTS = settings.ALLOWED_HOSTS, ["testserver"]
    yield
    settings.ALLOWED_HOSTS = hosts
    setup_test_environment()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=60, help="requests for each figure (60)")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as home:
        set_up(home)
        pages = Pages()
        queries = {"answer": [queries_of(pages.answer)], "desk": [queries_of(pages.desk)]}
        with as_served():
            demo = p95({"answer": pages.answer, "desk": pages.desk}, times)
        sessions, needs = grow()
        queries["answer"].append(queries_of(pages.answer))
        queries["desk"].append(queries_of(pages.desk))
        ready = context_of(pages.desk())
        template = bare(ready, 0)
        plain = bare(ready, queries["desk"][-1] - queries_of(template))
        assert plain().content.count(b"<tr") == pages.desk().content.count(b"<tr")
        assert queries_of(plain) == queries["desk"][-1]
        acts = {"answer": pages.answer, "desk": pages.desk, "bare": plain, "template": template}
        with as_served():
            large = p95(acts, times)
    figures = {
        "sessions": sessions,
        "needs": needs,
        "answer_queries": queries["answer"],
        "desk_queries": queries["desk"],
        "answer_demo_ms": demo["answer"],
        "answer_ms": large["answer"],
        "desk_demo_ms": demo["desk"],
        "desk_ms": large["desk"],
        "bare_ms": large["bare"],
        "template_ms": large["template"],
        "answer_p95_ratio": round(large["answer"] / demo["answer"], 2),
        "desk_p95_ratio": round(large["desk"] / large["bare"], 2),
    }
    print(json.dumps(figures))
    grew = any(small != grown for small, grown in queries.values())
    return 1 if figures["desk_p95_ratio"] > AIM or grew else 0


if __name__ == "__main__":
    raise SystemExit(main())
