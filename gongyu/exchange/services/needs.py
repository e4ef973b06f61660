"""A school or a community says what its children need."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.accounts.queries import ASKING, organization_ids
from gongyu.core import grades, timeline
from gongyu.core.calendar import now, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import GradesNotTaught, NotAllowed
from gongyu.exchange.models import Need, NeedTopic, Order, Session, Severity, Slots, Topic
from gongyu.exchange.policies import speaks_for_school
from gongyu.families.models import SchoolClass
from gongyu.places.models import Organization

from .endings import MOST_PUPILS, cancel_order
from .moves import move_need
from .orders import place_order
from .queues import join_queue
from .ranks import step_out


@transaction.atomic
def file_need(
    school: Organization,
    *,
    by: User,
    words: str,
    topics: Sequence[Topic],
    first_grade: int,
    last_grade: int,
    headcount: int,
    date_from: date,
    date_to: date,
    reach_km: float,
    slots: int = Slots.ALL,
    form: str = Need.FormWanted.ANY,
    severity: int = Severity.ORDINARY,
    school_class: SchoolClass | None = None,
    voice: str = Need.Voice.OWN,
) -> Need:
    """Put a need into the pool; the district's desk has taken it in (受理) with that.

    The topics weigh alike. Raises NotAllowed if ``by`` does not work at the school, GradesNotTaught
    if the school has no such grades, DomainError without a topic or when the last day is past.
    """
    if school.pk not in organization_ids(by, *ASKING):
        raise NotAllowed(_("您不在这里任职，不能替它提需求。"))
    if not topics:
        raise DomainError(_("请至少选一件事，我们才知道找谁。"))
    if date_to <= today():
        raise DomainError(_("最晚的日子已经过了，请往后改一改。"))
    if date_to < date_from:
        raise DomainError(_("最晚的日子比最早的还早，请换一下。"))
    if not 1 <= headcount <= MOST_PUPILS:
        raise DomainError(_("人数请写 1 到 %(most)d 之间的数。") % {"most": MOST_PUPILS})
    if not slots:
        raise DomainError(_("请至少选一个半天，单位才好安排。"))
    if school_class is not None and school_class.school_id != school.pk:
        raise NotAllowed(_("这个班不在这所学校。"))
    _check_grades(school, first_grade, last_grade)
    need = Need.objects.create(
        school=school,
        school_class=school_class,
        filed_by=by,
        voice=voice,
        words=words.strip() or "、".join(topic.name for topic in topics),
        first_grade=first_grade,
        last_grade=last_grade,
        headcount=headcount,
        form=form,
        date_from=date_from,
        date_to=date_to,
        slots=slots,
        reach_km=reach_km,
        severity=severity,
        filed_at=now(),
        desk=Organization.objects.filter(kind=Organization.Kind.COMMISSION).order_by("pk").first(),
    )
    NeedTopic.objects.bulk_create(
        NeedTopic(need=need, topic=topic, weight=1 / len(topics)) for topic in topics
    )
    said = _("提出需求")
    if voice == Need.Voice.COMMITTEE:
        said = _("替家长委员会提出需求")
    timeline.record(need, "need.file", said, by=by)
    if need.desk is not None:
        taken_in = _("受理：%(desk)s") % {"desk": need.desk}
        timeline.record(need, "need.take_in", taken_in, by=None)
    return need


def _check_grades(school: Organization, first: int, last: int) -> None:
    lowest, highest = school.first_grade, school.last_grade
    if lowest is None or highest is None:
        return
    if first < lowest or last > highest:
        raise GradesNotTaught(str(school), grades.say_range(lowest, highest))


@transaction.atomic
def file_and_order(school: Organization, session: Session, *, by: User, **need: object) -> Order:
    """File a need and order a session for it in one step; if the order fails, nothing is filed."""
    filed = file_need(school, by=by, **need)  # type: ignore[arg-type]  # the caller's form fields
    return place_order(filed, session, by=by)


@transaction.atomic
def file_and_queue(school: Organization, session: Session, *, by: User, **need: object) -> Need:
    """File a need and stand in line for a full session in one step; both, or neither."""
    filed = file_need(school, by=by, **need)  # type: ignore[arg-type]  # the caller's form fields
    join_queue(filed, session, by=by)
    return filed


@transaction.atomic
def withdraw_need(need: Need, *, by: User) -> Need:
    """Take a need back; an order that is under way is cancelled with it."""
    live = Order.objects.filter(need=need).live().first()
    if live is not None:
        no_need = Order.CancelReason.NO_NEED
        why = _("%(who)s撤回了需求") % {"who": need.asker}
        cancel_order(live, by=by, words=why, reason=no_need)
    locked = Need.objects.select_for_update().get(pk=need.pk)
    if not speaks_for_school(by, locked):
        raise NotAllowed(_("只有提出的老师和学校管理员能撤回这条需求。"))
    step_out(locked, by=by)
    move_need(locked, Need.State.WITHDRAWN)
    timeline.record(locked, "need.withdraw", _("撤回需求"), by=by)
    return locked
