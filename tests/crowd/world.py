"""The worlds in which a crowd acts, and what became of them: run as a command of an installation.

``python -m tests.crowd.world build`` makes all and prints, as JSON, who the people of each are, the
cookie with which each is signed in, and what they will press. ``… look WORLD`` prints what stands
in the database of that world afterwards.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django

SESSIONS, ASKING, HEADS, PLACES = 10, 200, 10, 3  # PLACES: groups that a session still takes


def cookie(user: Any) -> str:
    """A signed-in browser session, as the sign-in page would have left it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from tests.conftest import SIGN_IN_BACKEND

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = SIGN_IN_BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def build_orders() -> dict[str, Any]:
    """Two hundred teachers, each with a need; ten sessions with three places left in each."""
    from gongyu.accounts.models import Role
    from tests import factories as make

    topic = make.TopicFactory()
    sessions = []
    for _ in range(SESSIONS):
        resource = make.ResourceFactory(topics=[topic], capacity=60)
        taken = 60 - PLACES * HEADS
        sessions.append(make.SessionFactory(resource=resource, seats_taken=0))
        make.OrderFactory(session=sessions[-1], need__headcount=taken, state="accepted")
    asking = []
    for place in range(ASKING):
        need = make.NeedFactory(headcount=HEADS, topics=[topic])
        session = sessions[place % SESSIONS].pk
        asking.append({"cookie": cookie(need.filed_by), "need": need.pk, "session": session})
    units = [
        {"cookie": cookie(make.person(Role.UNIT, s.resource.unit)), "session": s.pk}
        for s in sessions
    ]
    return {"asking": asking, "units": units} | _holds([a["need"] for a in asking], sessions)


def build_withdrawal() -> dict[str, Any]:
    """Forty teachers who want one session, and its unit, which is about to take it back."""
    from gongyu.accounts.models import Role
    from tests import factories as make

    session = make.SessionFactory(resource__capacity=400)
    asking = []
    for _ in range(40):
        need = make.NeedFactory(headcount=HEADS, topics=list(session.resource.topics.all()))
        asking.append({"cookie": cookie(need.filed_by), "need": need.pk, "session": session.pk})
    staff = make.person(Role.UNIT, session.resource.unit)
    units = [{"cookie": cookie(staff), "session": session.pk}]
    return {"asking": asking, "units": units} | _holds([a["need"] for a in asking], [session])


def build_plans() -> dict[str, Any]:
    """Two plans over the same thirty needs, in opposite order, each giving them other sessions."""
    from gongyu.accounts.models import Role
    from tests import factories as make

    topic = make.TopicFactory()
    needs = [make.NeedFactory(headcount=HEADS, topics=[topic]) for _ in range(30)]
    office = make.CommissionFactory()
    staff = []
    for order in (needs, needs[::-1]):
        by = make.person(Role.COMMISSION, office)
        run = make.MatchingRunFactory(objective=3.0, job__state="done", job__started_by=by)
        resource = make.ResourceFactory(topics=[topic], capacity=400)
        session = make.SessionFactory(resource=resource)
        for need in order:
            run.matches.create(need=need, session=session, km=1, value=1)
        staff.append({"cookie": cookie(by), "run": run.pk})
    return {"staff": staff} | _holds([need.pk for need in needs], [])


def _holds(needs: list[int], sessions: list[Any]) -> dict[str, list[int]]:
    return {"needs": needs, "sessions": [session.pk for session in sessions]}


def look(world: dict[str, Any]) -> dict[str, Any]:
    """Seats, orders and needs of a world, as they stand in the database."""
    from django.contrib.contenttypes.models import ContentType
    from django.db.models import Count, Q, Sum

    from gongyu.core.models import TimelineEntry
    from gongyu.exchange.models import Need, Order, Session

    sessions = Session.objects.filter(pk__in=world["sessions"]).annotate(
        held=Sum("orders__headcount", filter=Q(orders__state__in=Order.HOLDING), default=0)
    )
    live = Count("orders", filter=Q(orders__state__in=Order.LIVE))
    needs = Need.objects.filter(pk__in=world["needs"]).annotate(live=live)
    orders = Order.objects.filter(need__in=world["needs"])
    told = TimelineEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Order), object_id__in=orders.values("pk")
    )
    return {
        "sessions": [
            {
                "state": session.state,
                "seats": session.seats,
                "taken": session.seats_taken,
                "held": session.held,
                "orders": _counted(session.orders.values_list("state")),
            }
            for session in sessions.order_by("pk")
        ],
        "needs": {str(pk): [state, n] for pk, state, n in needs.values_list("pk", "state", "live")},
        "sent": orders.filter(planned_match__isnull=False).count(),
        "timeline": _counted(told.values_list("verb")),
    }


def _counted(values: Any) -> dict[str, int]:
    from django.db.models import Count

    return dict(values.order_by().annotate(Count("pk")))


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongyu.config.settings"
    django.setup()
    if sys.argv[1] == "build":
        builders = {"orders": build_orders, "withdrawal": build_withdrawal, "plans": build_plans}
        print(json.dumps({name: build() for name, build in builders.items()}))
    else:
        print(json.dumps(look(json.loads(sys.argv[2]))))


if __name__ == "__main__":
    main()
