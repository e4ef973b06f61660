"""点单: a need asks for a session; the unit answers; the day comes; both rate it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from gongyu.accounts.models import Role
from gongyu.accounts.queries import ASKING, organization_ids, roles_of, towns_of
from gongyu.core.calendar import HalfDay, now, say_half_day, today
from gongyu.families.models import SchoolClass

from .joined import MOST_TOGETHER, JoinedVisit
from .needs import Need, in_towns
from .resources import Session

if TYPE_CHECKING:
    from gongyu.accounts.models import User
    from gongyu.places.models import Division

    from .visits import Visit


# The same as ``Order.ASKED`` and ``Order.HOLDING``, for the constraints.
_ASKED = ["placed", "disputed", "proposed"]
_HOLDING = ["accepted", "done", "rated", "revisit", "archived"]


class Party(models.TextChoices):
    """Who acts on an order: the two sides, the district that dispatches, the platform itself."""

    SCHOOL = "school", _("学校")
    UNIT = "unit", _("单位")
    DISTRICT = "district", _("区教委")
    PLATFORM = "platform", _("平台")


def offered(session: Session) -> Q:
    """Orders to whose school the session was offered, as another half-day or as a second half."""
    is_it = Q(proposed_session=session) | Q(split__second_session=session)
    return is_it & Q(state="proposed")


def came(path: str = "") -> Coalesce:
    """到场的孩子: who came, as the day told it (``Visit.arrived_heads``), else who was agreed.

    The one number for whatever sums pupils of visits; ``path`` leads to the order.
    ``Order.heads_came`` is the same of an order at hand.
    """
    return Coalesce(f"{path}visit__arrived_heads", f"{path}headcount")


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: User) -> OrderQuerySet:
        """The school that ordered, its town's office, the unit that was asked, the commission."""
        if not user.is_authenticated:
            return self.none()
        if Role.COMMISSION in roles_of(user):
            return self
        return self.filter(
            Q(need__school__in=organization_ids(user, *ASKING))
            | in_towns("need__school", towns_of(user))
            | Q(session__resource__unit__in=organization_ids(user, Role.UNIT))
        )

    def of_town(self, town: Division | None) -> OrderQuerySet:
        """Those of the schools in a town; of the whole district without one."""
        return self if town is None else self.filter(in_towns("need__school", [town]))

    def live(self) -> OrderQuerySet:
        return self.filter(state__in=Order.LIVE)

    def held(self) -> OrderQuerySet:
        return self.filter(state__in=Order.HOLDING)

    def mates_of(self, order: Order) -> OrderQuerySet:
        """Placed together with the order and not over, for the same session.

        While a unit proposes another half-day to them, that is the session which counts.
        """
        if order.joined_id is None:
            return self.none()
        there = order.proposed_session_id or order.session_id
        mates = self.live().annotate(there=Coalesce("proposed_session", "session"))
        return mates.filter(joined=order.joined_id, there=there).exclude(pk=order.pk)

    def with_parties(self) -> OrderQuerySet:
        """Everything a row of a list shows, in one query."""
        return self.select_related(
            "need__school",
            "need__school_class",
            "session__resource__unit",
            "proposed_session",
            "visit",
        )


class Order(models.Model):
    """One need asking for one session."""

    class State(models.TextChoices):
        PLACED = "placed", _("等单位回话")
        PROPOSED = "proposed", _("等学校回话")
        ACCEPTED = "accepted", _("已约定")
        DONE = "done", _("已实施")
        RATED = "rated", _("已评单")
        DISPUTED = "disputed", _("有异议，会商中")
        REVISIT = "revisit", _("回访中")
        ARCHIVED = "archived", _("已归档")
        DECLINED = "declined", _("单位婉拒")
        CANCELLED = "cancelled", _("已取消")
        MISSED = "missed", _("没来成")

    # The moves between them stand in ``models.moves``.
    # A need has at most one order in these states; ``HOLDING`` hold seats, ``HAPPENED`` took place.
    HAPPENED = (State.DONE, State.RATED, State.REVISIT, State.ARCHIVED)
    HOLDING = (State.ACCEPTED, *HAPPENED)
    ASKED = (State.PLACED, State.DISPUTED, State.PROPOSED)
    LIVE = (*ASKED, *HOLDING)
    OVER = (State.DECLINED, State.CANCELLED, State.MISSED)

    class Origin(models.TextChoices):
        DIRECT = "direct", _("学校点单")
        RUN = "run", _("全区派单")
        QUEUE = "queue", _("排队补位")

    class DeclineReason(models.TextChoices):
        TOO_MANY = "too_many", _("人太多")
        NO_STAFF = "no_staff", _("人手排不开")
        CLOSED = "closed", _("场地不开放")
        NOT_OURS = "not_ours", _("不是我们的内容")
        OTHER = "other", _("别的原因")
        NO_ANSWER = "no_answer", _("没来得及回话")

        @classmethod
        def offered(cls) -> list[tuple[str, str]]:
            """What a unit chooses from; the last one is the platform's own."""
            return [(r.value, str(r.label)) for r in cls if r is not cls.NO_ANSWER]

    class CancelReason(models.TextChoices):
        TEACHING = "teaching", _("考试或教学有调整")
        HEALTH = "health", _("生病的孩子多")
        WEATHER = "weather", _("天气不合适")
        STAFF = "staff", _("人手有变动")
        PLACE = "place", _("场地或车有变动")
        NO_NEED = "no_need", _("不需要办了")
        OTHER = "other", _("别的原因")

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="orders")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="orders")
    proposed_session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    headcount = models.PositiveIntegerField(_("人数"))
    km = models.FloatField(_("公里"), null=True, blank=True)
    origin = models.CharField(_("来路"), max_length=8, choices=Origin, default=Origin.DIRECT)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PLACED)
    decline_reason = models.CharField(
        _("婉拒原因"), max_length=10, choices=DeclineReason, blank=True
    )
    cancel_reason = models.CharField(_("取消原因"), max_length=10, choices=CancelReason, blank=True)
    ended_by = models.CharField(_("谁停下的"), max_length=8, choices=Party, blank=True)
    is_late_cancel = models.BooleanField(_("临时取消"), default=False)
    absent = models.CharField(_("谁没来"), max_length=8, choices=Party, blank=True)
    # The need's last day before a 没来 moved it; it is given back when the 没来 is taken back.
    last_day_before = models.DateField(null=True, editable=False)
    words = models.CharField(_("留言"), max_length=300, blank=True)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    placed_at = models.DateTimeField(_("点单时间"))
    answered_at = models.DateTimeField(_("回话时间"), null=True, blank=True)
    since = models.DateTimeField(_("这一步从何时起"), default=now)
    reminded_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    # Placed together with others (一起办); in an exclusive session the group holds places 1, 2, ….
    joined = models.ForeignKey(
        JoinedVisit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        editable=False,
        related_name="orders",
    )
    group_place = models.PositiveSmallIntegerField(default=1, editable=False)
    # Copies of need and session, so that the database itself can refuse a clash.
    school_class = models.ForeignKey(
        SchoolClass,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
    )
    date = models.DateField(editable=False)
    half_day = models.PositiveSmallIntegerField(choices=HalfDay, editable=False)
    is_exclusive = models.BooleanField(editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        verbose_name = _("订单")
        verbose_name_plural = _("订单")
        indexes = [models.Index(fields=["state", "date"])]
        constraints = [
            models.UniqueConstraint(
                fields=["need"],
                condition=Q(state__in=[*_ASKED, *_HOLDING]),
                name="one_live_order_a_need",
            ),
            models.UniqueConstraint(
                fields=["session", "group_place"],
                condition=Q(is_exclusive=True, state__in=_HOLDING),
                name="exclusive_session_once",
            ),
            models.UniqueConstraint(
                fields=["school_class", "date", "half_day"],
                condition=Q(school_class__isnull=False, state__in=_HOLDING),
                name="class_in_one_place_a_half_day",
            ),
            models.CheckConstraint(
                condition=Q(group_place=1)
                | Q(joined__isnull=False, group_place__gte=2, group_place__lte=MOST_TOGETHER),
                name="order_alone_or_in_group",
            ),
            models.CheckConstraint(condition=Q(headcount__gte=1), name="order_headcount_positive"),
            models.CheckConstraint(
                condition=~Q(state="proposed") | Q(proposed_session__isnull=False),
                name="order_proposal_has_session",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(decline_reason=""),
                name="order_decline_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*_ASKED, *_HOLDING, "declined", "cancelled", "missed"]),
                name="order_state_known",
            ),
            models.CheckConstraint(
                condition=Q(is_late_cancel=False) | Q(state="cancelled") & ~Q(cancel_reason=""),
                name="order_late_cancel_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="missed", absent__in=["school", "unit"])
                | ~Q(state="missed") & Q(absent=""),
                name="order_missed_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need}→{self.session}"

    def get_absolute_url(self) -> str:
        return reverse("exchange:order", args=[self.pk])

    def side_label(self, side: str) -> str:
        """What a party of this order is called: 学校 or 社区, 单位, 区教委."""
        return self.need.asker if side == Party.SCHOOL else str(Party(side).label)

    @property
    def state_label(self) -> str:
        """The state, with the asking side by its kind: 等社区回话."""
        if self.state == self.State.PROPOSED and self.need.is_of_community:
            return str(_("等社区回话"))
        return str(self.get_state_display())

    @property
    def origin_label(self) -> str:
        """学校点单, 社区点单, 全区派单 …: how it came about."""
        if self.origin == self.Origin.DIRECT and self.need.is_of_community:
            return str(_("社区点单"))
        return str(self.get_origin_display())

    @property
    def when(self) -> str:
        """12 月 2 日周三下午."""
        return say_half_day(self.date, self.half_day)

    @property
    def heads_came(self) -> int:
        """Who came, as the day told it, else who was agreed (``came``).

        Read with its visit (``with_parties``) where there are many.
        """
        visit: Visit | None = getattr(self, "visit", None) if self.state in self.HAPPENED else None
        told = None if visit is None else visit.arrived_heads
        return self.headcount if told is None else told

    @property
    def day_has_come(self) -> bool:
        return self.date <= today()

    @property
    def has_begun(self) -> bool:
        """The hour of its session has come, or somebody said that the group is there."""
        if self.date != today() or self.state in self.HAPPENED:
            return self.day_has_come
        visit: Visit | None = getattr(self, "visit", None)
        is_there = visit is not None and visit.arrived_at is not None
        return is_there or localtime(now()).time() >= self.session.starts

    @property
    def may_take_absence_back(self) -> bool:
        """On the day on which it was said; by the side that said it (``ended_by``)."""
        return self.state == self.State.MISSED and localdate(self.since) == today()


class Rating(models.Model):
    """评单: up to five stars and a few words, one from each side."""

    class Side(models.TextChoices):
        SCHOOL = "school", _("学校")
        UNIT = "unit", _("单位")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="ratings")
    side = models.CharField(_("哪一方"), max_length=8, choices=Side)
    stars = models.PositiveSmallIntegerField(_("几颗星"))
    words = models.CharField(_("几句话"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("评单")
        verbose_name_plural = _("评单")
        constraints = [
            models.UniqueConstraint(fields=["order", "side"], name="one_rating_a_side"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="stars_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}·{self.stars}"

    @property
    def may_change(self) -> bool:
        """On the day on which it was given; a star is quickly hit beside."""
        return localdate(self.at) == today()
