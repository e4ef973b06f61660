"""What the demo's community asks for the children who live there, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gongyu.accounts.models import Membership, User
from gongyu.core.calendar import at
from gongyu.exchange import services
from gongyu.exchange.models import Need, Order, Session, Slots
from gongyu.places.models import Organization

from . import visits

if TYPE_CHECKING:
    from .occasions import Stage

_ANY_DAY = Slots.mask([(day, half) for day in range(7) for half in (0, 1)])


@dataclass
class _Home:
    stage: Stage
    clerk: User
    community: Organization

    def file(
        self, words: str, topic: str, days: tuple[int, int], *, heads: int, grades: tuple[int, int]
    ) -> Need:
        district = self.stage.district
        return services.file_need(
            self.community,
            by=self.clerk,
            words=words,
            topics=[self.stage.topics[topic]],
            first_grade=grades[0],
            last_grade=grades[1],
            headcount=heads,
            date_from=district.at(days[0]).date(),
            date_to=district.at(days[1]).date(),
            reach_km=25,
            slots=_ANY_DAY,
        )

    def order(self, words: str, topic: str, session: Session, asked: int, heads: int) -> Order:
        days = (session.date - self.stage.district.day).days
        with at(self.stage.district.at(asked, 15, 10)):
            window = (days - 3, days + 9)
            need = self.file(words, topic, window, heads=heads, grades=(1, 6))
            return services.place_order(need, session, by=self.clerk)


def build(stage: Stage) -> None:
    clerk = stage.district.people["demo-community"]
    job = Membership.objects.select_related("organization").get(user=clerk)
    if job.organization is None:
        return
    home = _Home(stage, clerk, job.organization)
    _elders_have_been_here(home)
    _an_afternoon_is_arranged(home)
    _the_police_propose_another_day(home)
    with at(stage.district.at(-2, 10, 20)):
        words = "寒假前想请人教孩子们剪窗花、写春联。"
        home.file(words, "T1001", (14, 45), heads=24, grades=(1, 6))


def _elders_have_been_here(home: _Home) -> None:
    """A visit of last week: the elders have rated it, the community may."""
    elders = home.stage.resource("五老讲故事")
    session = home.stage.session(elders, range(-5, -12, -1), None)
    asked = (session.date - home.stage.district.day).days - 14
    words = "想请老战士给院里的孩子讲讲自己的年轻时候。"
    order = home.order(words, "T1101", session, asked, heads=26)
    staff = home.stage.staff(elders)
    with at(home.stage.district.at(asked + 1, 9, 30)):
        order = services.accept_order(order, by=staff)
    visits.live(order, home.clerk, staff)
    with at(home.stage.district.at(asked + 14, 19)):
        services.rate_order(order, by=staff, stars=5, words="孩子们坐得住，问得也多")


def _an_afternoon_is_arranged(home: _Home) -> None:
    library = home.stage.resource("图书馆第一次办证")
    session = home.stage.session(library, range(7, 24), None)
    words = "放学早的孩子想去图书馆办张证，学会找书。"
    order = home.order(words, "T0901", session, -4, heads=22)
    with at(home.stage.district.at(-3, 10, 15)):
        services.accept_order(order, by=home.stage.staff(library))


def _the_police_propose_another_day(home: _Home) -> None:
    police = home.stage.resource("安全进校园")
    first = home.stage.session(police, range(9, 30), None)
    other = home.stage.session(police, range(9, 44), None, but=first.pk)
    words = "冬天河面结冰，想请民警讲讲防溺水。"
    order = home.order(words, "T0806", first, -3, heads=40)
    with at(home.stage.district.at(-1, 16, 40)):
        services.propose_session(
            order, other, by=home.stage.staff(police), words="那天警官有任务，换一天一定来"
        )
