"""一起办: similar needs of one neighbourhood become one visit when their people agree.

Rows are locked as in ``moves``: the session first, then the group, then needs by their ids. Nothing
is joined without both sides, and either may leave until the visit is arranged.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.accounts.queries import SPEAKING, people_with
from gongyu.core import timeline
from gongyu.core.calendar import now
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed, SessionDoesNotFit
from gongyu.exchange.models import JoinedNeed, JoinedVisit, Need, Order, Session
from gongyu.exchange.models.joined import MOST_TOGETHER
from gongyu.exchange.policies import speaks_for_school
from gongyu.exchange.queries.joined import could_join
from gongyu.notices.services import settle, tell

from .moves import lock_needs, lock_session
from .orders import check_conditions, check_one_school, check_promises, write_order
from .ranks import let_asks_lapse, step_out
from .steps import ask_for_group


def _label(need: Need) -> str:
    """清河小学三（2）班（42 人）: all that the other side reads of it."""
    return _("%(school)s%(who)s（%(n)d 人）") % {
        "school": need.school,
        "who": need.who_label,
        "n": need.headcount,
    }


def _read(need_ids: Iterable[int]) -> dict[int, Need]:
    found = Need.objects.filter(pk__in=set(need_ids)).select_related(
        "school", "school_class", "filed_by"
    )
    return {need.pk: need for need in found.prefetch_related("topics")}


def _check_speaks(by: User, need: Need) -> None:
    if not speaks_for_school(by, need):
        raise NotAllowed(_("只有提出的老师和学校管理员能为这条需求做主。"))


def _check_waits(need: Need) -> None:
    if need.state != Need.State.POOLED:
        raise MoveNotAllowed(
            _("这条需求现在是“%(state)s”，不能再和别的班一起办了。")
            % {"state": need.get_state_display()}
        )


def _lock_group(joined_id: int) -> JoinedVisit:
    return JoinedVisit.objects.select_for_update(of=("self",)).get(pk=joined_id)


@transaction.atomic
def ask_together(need: Need, other: Need, *, by: User) -> JoinedNeed:
    """Ask the people of a similar need nearby whether the two go together; they answer."""
    own = JoinedNeed.objects.agreed().filter(need=need).values_list("joined", flat=True).first()
    joined = None if own is None else _lock_group(own)
    lock_needs([need.pk, other.pk])
    needs = _read([need.pk, other.pk])
    need, other = needs[need.pk], needs[other.pk]
    _check_speaks(by, need)
    _check_waits(need)
    if not could_join(need, other):
        raise MoveNotAllowed(_("那边刚刚有了别的安排，一起办不成了。看看还有谁合适。"))
    if JoinedNeed.objects.bound().filter(need=other).exists():
        raise MoveNotAllowed(_("那边刚刚和别的班说好一起办了。看看还有谁合适。"))
    asked_us = JoinedNeed.objects.filter(
        need=need,
        agreed_at__isnull=True,
        left_at__isnull=True,
        joined__members__in=JoinedNeed.objects.waiting().filter(need=other),
    )
    if asked_us.exists():
        raise MoveNotAllowed(_("那边已经先来问您了，点“一起办”就行。"))
    group = JoinedNeed.objects.agreed().filter(need=need).first()
    if group is None:
        joined = JoinedVisit.objects.create(opened_by=by, opened_at=now())
        joined.members.create(need=need, asked_by=by, asked_at=now(), agreed_at=now())
    elif joined is None or group.joined_id != joined.pk:
        raise MoveNotAllowed(_("这条需求刚刚有了别的安排，看看最新的情况再定。"))
    if joined.members.filter(left_at__isnull=True).count() >= MOST_TOGETHER:
        raise MoveNotAllowed(_("最多 %(n)d 个班一起办，已经问满了。") % {"n": MOST_TOGETHER})
    asked, is_new = joined.members.get_or_create(
        need=other, left_at=None, defaults={"asked_by": by, "asked_at": now()}
    )
    if is_new:
        timeline.record(
            need, "join.ask", _("问%(who)s要不要一起办") % {"who": _label(other)}, by=by
        )
        said = _("%(who)s想和您一起办“%(topics)s”，您点一下就定") % {
            "who": _label(need),
            "topics": "、".join(topic.name for topic in need.topics.all()),
        }
        timeline.record(other, "join.ask", _("%(who)s想一起办") % {"who": _label(need)}, by=None)
        people = [other.filed_by, *people_with(other.school, *SPEAKING)]
        tell(people, asked, "join.ask", said, url=other.get_absolute_url(), asks=True, but=by)
    return asked


@transaction.atomic
def agree_together(asked: JoinedNeed, *, by: User) -> JoinedNeed:
    """Yes: from now on the two wait together and order one session in one step."""
    joined = _lock_group(asked.joined_id)
    there = joined.members.agreed().values_list("need", flat=True)
    lock_needs([asked.need_id, *there])
    asked = JoinedNeed.objects.get(pk=asked.pk)
    mates = list(joined.members.waiting().exclude(pk=asked.pk).values_list("need", flat=True))
    needs = _read([asked.need_id, *mates])
    need = needs[asked.need_id]
    _check_speaks(by, need)
    if asked.agreed_at is not None and asked.left_at is None:
        raise MoveNotAllowed(_("已经说好一起办了，不用再点。"))
    if asked.left_at is not None or not mates:
        raise MoveNotAllowed(_("那边刚刚退出了，或者已经另有安排。"))
    _check_waits(need)
    if len(mates) >= MOST_TOGETHER:
        raise MoveNotAllowed(_("最多 %(n)d 个班一起办，那边已经满了。") % {"n": MOST_TOGETHER})
    if JoinedNeed.objects.bound().filter(need=need).exists():
        raise MoveNotAllowed(_("这条需求已经和别的班说好一起办了，先退出那边再来。"))
    step_out(need, by=None)  # whoever it had asked itself is not asked any longer
    asked.agreed_at = now()
    asked.save(update_fields=["agreed_at"])
    settle(asked)
    for mate in mates:
        said = _("%(who)s同意一起办") % {"who": _label(need)}
        timeline.record(needs[mate], "join.agree", said, by=None)
        url = needs[mate].get_absolute_url()
        tell([needs[mate].filed_by], asked, "join.agree", said, url=url, but=by)
    with_whom = "、".join(_label(needs[mate]) for mate in mates)
    timeline.record(need, "join.agree", _("和%(who)s一起办") % {"who": with_whom}, by=by)
    return asked


@transaction.atomic
def leave_together(member: JoinedNeed, *, by: User) -> JoinedNeed:
    """No, or no longer: the need goes its own way. Not once the visit is ordered or arranged."""
    joined = _lock_group(member.joined_id)
    lock_needs([member.need_id])
    member = JoinedNeed.objects.get(pk=member.pk)
    mates = list(joined.members.waiting().exclude(pk=member.pk).values_list("need", flat=True))
    needs = _read([member.need_id, *mates])
    need = needs[member.need_id]
    _check_speaks(by, need)
    if member.left_at is not None:
        raise MoveNotAllowed(_("已经退出了，不用再点。"))
    if member.agreed_at is None:
        member.left_at = now()
        member.save(update_fields=["left_at"])
        timeline.record(need, "join.refuse", _("这次不一起办"), by=by)
        said = _("%(who)s这次不一起办") % {"who": _label(need)}
    else:
        if need.state != Need.State.POOLED:
            raise MoveNotAllowed(_("已经一起点了单，要退出就取消这一单。"))
        step_out(need, by=by)
        said = _("%(who)s退出了一起办") % {"who": _label(need)}
    settle(member)
    for mate in mates:
        timeline.record(needs[mate], "join.leave", said, by=None)
        url = needs[mate].get_absolute_url()
        tell([needs[mate].filed_by], member, "join.leave", said, url=url, but=by)
    return JoinedNeed.objects.get(pk=member.pk)


@transaction.atomic
def order_together(need: Need, session: Session, *, by: User) -> list[Order]:
    """One order for each need of the group, for the same session, in one step: all or none."""
    session = lock_session(session.pk)
    own = JoinedNeed.objects.agreed().filter(need=need).values_list("joined", flat=True).first()
    if own is None:
        raise MoveNotAllowed(_("这条需求现在没有和别的班一起办，看看最新的情况再定。"))
    joined = _lock_group(own)
    members = sorted(joined.members.waiting().values_list("need", flat=True))
    lock_needs(members)
    needs = {pk: found for pk, found in _read(members).items() if found.state == Need.State.POOLED}
    if need.pk not in needs or len(needs) < 2:
        raise MoveNotAllowed(_("一起办的刚刚有变动，看看最新的情况再定。"))
    _check_speaks(by, needs[need.pk])
    heads = sum(found.headcount for found in needs.values())
    check_one_school(session, needs.values())
    for found in needs.values():
        try:
            check_conditions(found, session, notice=True, heads=heads)
        except SessionDoesNotFit as refusal:
            sentence = f"{found.school}{found.who_label}：{refusal.sentence}"
            raise SessionDoesNotFit(sentence) from refusal
    check_promises(session, heads)
    orders = [
        write_order(found, session, by=by, origin=Order.Origin.DIRECT, joined=joined)
        for _pk, found in sorted(needs.items())
    ]
    ask_for_group(orders, by=by)
    let_asks_lapse(joined)
    for order in orders:
        if order.need_id != need.pk:
            said = _("%(who)s替你们一起点了单：%(unit)s，%(when)s，等单位回话") % {
                "who": _label(needs[need.pk]),
                "unit": session.resource.unit,
                "when": order.when,
            }
            url = order.get_absolute_url()
            tell([order.need.filed_by], order, "join.order", said, url=url, but=by)
    return orders
