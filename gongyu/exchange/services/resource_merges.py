"""Two resources of one unit become one: everything that hung on the second hangs on the first.

Two sessions at one half-day cannot become one. The second one's is withdrawn if nobody waits for
it; if a school does, the merge waits until it has been answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models, transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import organization_ids, people_with
from gongyu.core import timeline
from gongyu.core.calendar import now, say_half_day, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import (
    GroupSplit,
    Order,
    QueueEntry,
    Resource,
    ResourceEntry,
    ResourceMerge,
    ResourcesApart,
    Session,
)
from gongyu.exchange.models.merges import UNDO_WITHIN
from gongyu.exchange.policies import dispatches
from gongyu.notices.services import tell

from .merging import links_to, move_rows, put_back


def _links() -> Iterator[tuple[type[models.Model], str]]:
    # An entry is its resource's by its very key: it is moved by itself.
    return links_to(Resource, {Resource, ResourceEntry, ResourceMerge, ResourcesApart})


def _allowed(resource: Resource, by: User) -> None:
    if not dispatches(by) and resource.unit_id not in organization_ids(by, Role.UNIT):
        raise NotAllowed(_("资源由本单位或者区教委合并。"))


def _both(first: Resource, second: Resource) -> tuple[Resource, Resource]:
    pair = Resource.every.select_for_update(of=("self",)).select_related("unit")
    rows = {row.pk: row for row in pair.filter(pk__in=[first.pk, second.pk]).order_by("pk")}
    return rows[first.pk], rows[second.pk]


@transaction.atomic
def merge_resources(kept: Resource, gone: Resource, *, by: User) -> ResourceMerge:
    """Make one of two; what both say stays as ``kept`` says it, the topics of both stay."""
    _allowed(kept, by)
    if kept.pk == gone.pk:
        raise DomainError(_("请选两项不同的。"))
    kept, gone = _both(kept, gone)
    if kept.unit_id != gone.unit_id:
        raise DomainError(_("只能合并同一家单位的两项。"))
    for row in (kept, gone):
        if row.merged_into_id is not None:
            raise MoveNotAllowed(_("“%(what)s”已经并掉了，请刷新看看。") % {"what": row})
    shut = _shut_clashing(kept, gone)
    moved = move_rows(_links(), gone, kept)
    entry_moved = False
    if not ResourceEntry.objects.filter(resource=kept).exists():
        entry_moved = bool(ResourceEntry.objects.filter(resource=gone).update(resource=kept))
    gone.merged_into = kept
    gone.save(update_fields=["merged_into"])
    merge = ResourceMerge.objects.create(
        kept=kept, gone=gone, at=now(), by=by, moved=moved, entry_moved=entry_moved, shut=shut
    )
    words = _("“%(gone)s”并入“%(kept)s”，挪了 %(n)d 条记录") % {
        "gone": gone.title,
        "kept": kept.title,
        "n": merge.number_moved,
    }
    timeline.record(merge, "resource.merge", words, by=by)
    staff = [person for person in people_with(kept.unit, Role.UNIT) if person != by]
    tell(staff, merge, "resource.merge", words, url=merge.get_absolute_url())
    timeline.record(kept, "resource.merge", words, by=by)
    return merge


def _shut_clashing(kept: Resource, gone: Resource) -> list[int]:
    """Withdraw the sessions ahead that cannot move; refused while a school waits for one."""
    taken = set(kept.sessions.values_list("date", "half_day"))
    ahead = Session.objects.select_for_update(of=("self",)).filter(
        resource=gone, date__gte=today(), state=Session.State.OPEN
    )
    clashing = [s for s in ahead.order_by("pk") if (s.date, s.half_day) in taken]
    asked = Order.objects.filter(
        models.Q(session__in=clashing) | models.Q(proposed_session__in=clashing),
        state__in=Order.LIVE,
    )
    lined_up = QueueEntry.objects.waiting().filter(session__in=clashing)
    wanted = {pk for order in asked for pk in (order.session_id, order.proposed_session_id)}
    wanted |= set(lined_up.values_list("session", flat=True))
    halves = GroupSplit.objects.filter(
        second_session__in=clashing, order__state=Order.State.PROPOSED
    )
    wanted |= set(halves.values_list("second_session", flat=True))
    if held := next((s for s in clashing if s.pk in wanted), None):
        raise MoveNotAllowed(
            _("%(when)s两项都开着，“%(what)s”那场有学校约或者在排队。先办完或者改约，再来合并。")
            % {"when": say_half_day(held.date, held.half_day), "what": gone.title}
        )
    keys = [session.pk for session in clashing]
    Session.objects.filter(pk__in=keys).update(state=Session.State.WITHDRAWN)
    return keys


@transaction.atomic
def undo_resource_merge(merge: ResourceMerge, *, by: User) -> ResourceMerge:
    """Put everything back, within thirty days and unless somebody has ordered what moved."""
    merge = (
        ResourceMerge.objects.select_for_update(of=("self",))
        .select_related("kept", "gone")
        .get(pk=merge.pk)
    )
    _allowed(merge.kept, by)
    if merge.undone_at is not None:
        raise MoveNotAllowed(_("这次合并已经撤销了。"))
    if now() - merge.at > UNDO_WITHIN:
        raise MoveNotAllowed(_("合并超过 30 天了，不能再撤。真是两项，就另外登记一项。"))
    kept, gone = _both(merge.kept, merge.gone)
    later = ResourceMerge.objects.filter(
        models.Q(kept=kept) | models.Q(gone=kept), pk__gt=merge.pk, undone_at__isnull=True
    )
    if later.exists():
        raise MoveNotAllowed(_("后来又并过一次，请先撤后面那次。"))
    sessions = merge.moved.get(f"{Session._meta.label}.resource", [])
    if Order.objects.filter(session__in=sessions, placed_at__gt=merge.at).exists():
        raise MoveNotAllowed(_("合并以后又有学校约了挪过来的场次，不能再撤。"))
    if Resource.objects.filter(unit=gone.unit_id, title=gone.title).exists():
        raise MoveNotAllowed(_("后来又登记过一项同名的，先给它换个名称，再来撤销。"))
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    put_back(merge.moved, kept, gone)
    if merge.entry_moved:
        ResourceEntry.objects.filter(resource=kept).update(resource=gone)
    Session.objects.filter(pk__in=merge.shut, state=Session.State.WITHDRAWN).update(
        state=Session.State.OPEN
    )
    merge.undone_at, merge.undone_by = now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    words = _("撤销合并，又是两项")
    timeline.record(merge, "resource.unmerge", words, by=by)
    timeline.record(kept, "resource.unmerge", words, by=by)
    return merge


@transaction.atomic
def keep_resources_apart(first: Resource, second: Resource, *, by: User) -> ResourcesApart:
    """Somebody looked: they are two. The pair is not proposed again."""
    _allowed(first, by)
    if first.unit_id != second.unit_id:
        raise DomainError(_("只比同一家单位的两项。"))
    small, large = sorted((first, second), key=lambda resource: resource.pk)
    apart, is_new = ResourcesApart.objects.get_or_create(
        first=small, second=large, defaults={"by": by, "at": now()}
    )
    if is_new:
        words = _("看过了，和“%(other)s”不是同一项") % {"other": large}
        timeline.record(small, "resource.apart", words, by=by)
    return apart
