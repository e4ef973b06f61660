"""Two rows of one unit become one: everything that hung on the second hangs on the first.

What cannot move because the first has it already (the same person in the same role, an admission of
its own) stays with the row that went: nothing is deleted, and all of it can be put back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import now
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import NotTheSame, Order, Resource, UnitMerge
from gongyu.exchange.models.merges import UNDO_WITHIN
from gongyu.exchange.policies import dispatches
from gongyu.places.models import Organization
from gongyu.places.services import index_names

from .merging import links_to, move_rows, put_back

# What staff choose between, field by field; a point goes with its precision.
CHOICES: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "short_name": ("short_name",),
    "sub_kind": ("sub_kind",),
    "division": ("division_id",),
    "address": ("address",),
    "point": ("lon", "lat", "precision"),
    "phone": ("phone",),
    "opening_hours": ("opening_hours",),
    "about": ("about",),
}


def _links() -> Iterator[tuple[type[models.Model], str]]:
    return links_to(Organization, {Organization, NotTheSame, UnitMerge})


@transaction.atomic
def merge_units(
    kept: Organization, gone: Organization, *, chosen: Mapping[str, str], by: User
) -> UnitMerge:
    """Make one of two. ``chosen`` names the fields whose value is taken from ``gone``."""
    if not dispatches(by):
        raise NotAllowed(_("单位由区教委合并。"))
    if kept.pk == gone.pk:
        raise DomainError(_("请选两家不同的。"))
    pair = Organization.objects.select_for_update(of=("self",)).filter(pk__in=[kept.pk, gone.pk])
    rows = {row.pk: row for row in pair.order_by("pk")}
    kept, gone = rows[kept.pk], rows[gone.pk]
    for row in (kept, gone):
        if row.kind != Organization.Kind.RESOURCE_UNIT:
            raise DomainError(_("这里只合并资源单位。"))
        if row.merged_into_id is not None:
            raise MoveNotAllowed(_("%(unit)s已经并到别家了，请刷新看看。") % {"unit": row})
    moved = move_rows(_links(), gone, kept)
    fields = _take_over(kept, gone, chosen)
    merge = UnitMerge.objects.create(
        kept=kept, gone=gone, at=now(), by=by, moved=moved, fields=fields
    )
    words = _("并入%(kept)s，挪了 %(n)d 条记录") % {"kept": kept.name, "n": merge.number_moved}
    timeline.record(merge, "unit.merge", words, by=by)
    return merge


def _take_over(
    kept: Organization, gone: Organization, chosen: Mapping[str, str]
) -> dict[str, list[Any]]:
    fields = {}
    names = [name for choice in CHOICES if choice in chosen for name in CHOICES[choice]]
    for name in names:
        before, other = getattr(kept, name), getattr(gone, name)
        if before != other:
            fields[name] = [before, other, other]
            setattr(kept, name, other)
    gone.merged_into, gone.is_listed = kept, False
    if "name" in fields:  # two of one kind never bear one name
        gone.name = f"{gone.name[:110]}（已并入）"
    gone.save()
    index_names(kept)
    kept.save()
    return fields


@transaction.atomic
def undo_merge(merge: UnitMerge, *, by: User) -> UnitMerge:
    """Put everything back, within thirty days and unless something new hangs on what moved."""
    if not dispatches(by):
        raise NotAllowed(_("合并由区教委撤销。"))
    merge = UnitMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at is not None:
        raise MoveNotAllowed(_("这次合并已经撤销了。"))
    if now() - merge.at > UNDO_WITHIN:
        raise MoveNotAllowed(_("合并超过 30 天了，不能再撤。真是两家，就另外登记一家。"))
    _nothing_new(merge)
    pair = Organization.objects.select_for_update(of=("self",)).filter(
        pk__in=[merge.kept_id, merge.gone_id]
    )
    rows = {row.pk: row for row in pair.order_by("pk")}
    kept, gone = rows[merge.kept_id], rows[merge.gone_id]
    for name, (before, _other, after) in merge.fields.items():
        if getattr(kept, name) == after:  # changed since: the newer word stands
            setattr(kept, name, before)
    if "name" in merge.fields:
        kept.name, gone.name = (kept.name, merge.fields["name"][1])
    index_names(kept)
    kept.save()
    gone.merged_into, gone.is_listed = None, True
    gone.save()
    put_back(merge.moved, kept, gone)
    merge.undone_at, merge.undone_by = now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    timeline.record(merge, "unit.unmerge", _("撤销合并，又是两家"), by=by)
    return merge


def _nothing_new(merge: UnitMerge) -> None:
    resources = merge.moved.get(f"{Resource._meta.label}.unit", [])
    newer = Order.objects.filter(session__resource__in=resources, placed_at__gt=merge.at)
    if newer.exists():
        raise MoveNotAllowed(_("合并以后又有学校约了挪过来的资源，不能再撤。"))
    later = UnitMerge.objects.filter(
        models.Q(kept=merge.kept_id) | models.Q(gone=merge.kept_id), pk__gt=merge.pk
    ).filter(undone_at__isnull=True)
    if later.exists():
        raise MoveNotAllowed(_("后来又并过一次，请先撤后面那次。"))


@transaction.atomic
def keep_apart(first: Organization, second: Organization, *, by: User) -> NotTheSame:
    """Somebody looked: they are two. The pair is not proposed again."""
    if not dispatches(by):
        raise NotAllowed(_("由区教委来看。"))
    small, large = sorted((first, second), key=lambda unit: unit.pk)
    apart, is_new = NotTheSame.objects.get_or_create(
        first=small, second=large, defaults={"by": by, "at": now()}
    )
    if is_new:
        words = _("看过了，和%(other)s不是同一家") % {"other": large}
        timeline.record(small, "unit.apart", words, by=by)
    return apart
