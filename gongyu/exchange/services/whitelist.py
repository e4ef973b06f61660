"""What a body pushes into a school passes the white list; a school's own orders never do.

The rules are the city's and the provinces': on the list, once a school year and school, capped a
school and year, planned a month ahead. Each refusal says which of them it is and what to do.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from gongyu.accounts.models import Role, User
from gongyu.accounts.queries import organization_ids, people_with
from gongyu.core import timeline
from gongyu.core.calendar import say_day, school_year_of, today
from gongyu.core.errors import DomainError
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import PushCap, PushPlan, WhitelistMatter
from gongyu.exchange.models.whitelist import USUAL_CAP
from gongyu.exchange.policies import dispatches
from gongyu.notices.services import tell
from gongyu.places.models import Organization

AHEAD = timedelta(days=30)
FARTHEST = timedelta(days=400)


@transaction.atomic
def list_matter(
    title: str, body: Organization, *, school_year: int, document: str, by: User
) -> WhitelistMatter:
    """Put a matter on the list of a school year; listed before and taken off, it comes back."""
    _commission_only(by)
    if not document.strip():
        raise DomainError(_("没有依据文件的事项不能上名单。"))
    matter, is_new = WhitelistMatter.objects.get_or_create(
        title=title,
        body=body,
        school_year=school_year,
        defaults={"document": document, "listed_by": by},
    )
    if not is_new:
        if matter.is_listed:
            raise DomainError(_("这件事已经在这个学年的名单上了。"))
        matter.is_listed, matter.document, matter.listed_by = True, document, by
        matter.save()
    timeline.record(matter, "matter.list", _("列入白名单：%(doc)s") % {"doc": document}, by=by)
    words = _("“%(title)s”列入了这个学年的进校园白名单") % {"title": title}
    people = people_with(body, Role.DEPARTMENT, Role.COMMUNITY, Role.UNIT)
    tell(people, matter, "matter.list", words, url=reverse("exchange:whitelist"), but=by)
    return matter


@transaction.atomic
def unlist_matter(matter: WhitelistMatter, *, by: User) -> int:
    """Take a matter off; visits ahead are cancelled and their schools told. Returns how many."""
    _commission_only(by)
    matter = WhitelistMatter.objects.select_for_update().get(pk=matter.pk)
    if not matter.is_listed:
        raise MoveNotAllowed(_("这件事已经不在名单上了。"))
    matter.is_listed = False
    matter.save(update_fields=["is_listed"])
    timeline.record(matter, "matter.unlist", _("移出白名单"), by=by)
    plans = PushPlan.objects.filter(
        matter=matter, state=PushPlan.State.PLANNED, date__gt=today()
    ).select_related("school", "matter__body")
    for plan in plans:
        _cancel(plan, _("这件事移出了白名单，不来了"), by=by)
    return len(plans)


@transaction.atomic
def set_push_cap(school_year: int, most: int, *, by: User) -> PushCap:
    _commission_only(by)
    if not 0 <= most <= 20:
        raise DomainError(_("上限请写 0 到 20 之间的数。"))
    cap, _new = PushCap.objects.update_or_create(school_year=school_year, defaults={"most": most})
    timeline.record(cap, "push.cap", _("每校每学年最多 %(n)d 件") % {"n": most}, by=by)
    return cap


def cap_of(school_year: int) -> int:
    cap = PushCap.objects.filter(school_year=school_year).first()
    return USUAL_CAP if cap is None else cap.most


@transaction.atomic
def plan_push(matter: WhitelistMatter, school: Organization, day: date, *, by: User) -> PushPlan:
    """Plan to bring a listed matter into a school; refused with the rule that is against it."""
    if matter.body_id not in organization_ids(by, Role.DEPARTMENT, Role.COMMUNITY, Role.UNIT):
        raise NotAllowed(_("这件事是别的单位的，您不能替它排。"))
    Organization.objects.select_for_update().get(pk=school.pk)
    matter = WhitelistMatter.objects.select_related("body").get(pk=matter.pk)
    _check(matter, school, day)
    year = matter.school_year
    taken = set(
        PushPlan.objects.filter(
            school=school, school_year=year, state=PushPlan.State.PLANNED
        ).values_list("slot", flat=True)
    )
    most = cap_of(year)
    if len(taken) >= most:
        raise DomainError(
            _("%(school)s这个学年已经排了 %(n)d 件，上限是 %(most)d 件。请换一所学校。")
            % {"school": school, "n": len(taken), "most": most}
        )
    slot = next(n for n in range(1, 21) if n not in taken)
    try:
        with transaction.atomic():
            plan = PushPlan.objects.create(
                matter=matter,
                school=school,
                school_year=year,
                date=day,
                planned_on=today(),
                planned_by=by,
                slot=slot,
            )
    except IntegrityError:
        raise MoveNotAllowed(_("这所学校刚刚又排了一件，请刷新看看再排。")) from None
    words = _("%(body)s排了“%(title)s”：%(day)s") % {
        "body": matter.body,
        "title": matter.title,
        "day": say_day(day),
    }
    timeline.record(plan, "push.plan", words, by=by)
    people = people_with(school, Role.SCHOOL_ADMIN)
    tell(people, plan, "push.plan", words, url=reverse("exchange:whitelist"))
    return plan


def _check(matter: WhitelistMatter, school: Organization, day: date) -> None:
    if school.kind != Organization.Kind.SCHOOL:
        raise DomainError(_("请选一所学校。"))
    if not matter.is_listed:
        raise DomainError(
            _("“%(title)s”不在白名单上，不能进校园。请先找区教委列入名单。")
            % {"title": matter.title}
        )
    if day < today() + AHEAD:
        raise DomainError(_("要提前 30 天排，最早是%(day)s。") % {"day": say_day(today() + AHEAD)})
    if day > today() + FARTHEST:
        raise DomainError(_("请定在一年以内。"))
    if school_year_of(day) != matter.school_year:
        raise DomainError(
            _("这件事列在 %(year)d 学年，这一天不在那个学年里。") % {"year": matter.school_year}
        )
    earlier = PushPlan.objects.filter(
        matter=matter, school=school, state=PushPlan.State.PLANNED
    ).first()
    if earlier is not None:
        raise DomainError(
            _("这件事这个学年已经排进%(school)s了（%(day)s）。一件事一校一学年只进一次。")
            % {"school": school, "day": say_day(earlier.date)}
        )


@transaction.atomic
def cancel_push(plan: PushPlan, *, by: User) -> PushPlan:
    """The body itself or the school's administrator says no; the place is free again."""
    plan = (
        PushPlan.objects.select_for_update(of=("self",))
        .select_related("school", "matter__body")
        .get(pk=plan.pk)
    )
    ours = plan.matter.body_id in organization_ids(by, Role.DEPARTMENT, Role.COMMUNITY, Role.UNIT)
    if not ours and plan.school_id not in organization_ids(by, Role.SCHOOL_ADMIN):
        raise NotAllowed(_("这个计划是别的单位和学校的。"))
    if plan.state != PushPlan.State.PLANNED:
        raise MoveNotAllowed(_("这个计划已经取消了。"))
    if plan.date < today():
        raise MoveNotAllowed(_("那一天已经过去了，不能再取消。"))
    return _cancel(plan, _("取消了"), by=by)


def _cancel(plan: PushPlan, why: str, *, by: User) -> PushPlan:
    plan.state = PushPlan.State.CANCELLED
    plan.save(update_fields=["state"])
    words = _("“%(title)s”（%(day)s，%(school)s）%(why)s") % {
        "title": plan.matter.title,
        "day": say_day(plan.date),
        "school": plan.school,
        "why": why,
    }
    timeline.record(plan, "push.cancel", words, by=by)
    people = people_with(plan.school, Role.SCHOOL_ADMIN)
    people += people_with(plan.matter.body, Role.DEPARTMENT, Role.COMMUNITY, Role.UNIT)
    tell(people, plan, "push.cancel", words, url=reverse("exchange:whitelist"), but=by)
    return plan


def _commission_only(by: User) -> None:
    if not dispatches(by):
        raise NotAllowed(_("白名单由区教委定。"))
