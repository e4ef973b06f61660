"""The first page of each role: what needs this person today, then what is coming."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _

from gongyu.accounts.models import Membership, Role, User
from gongyu.accounts.queries import town_of
from gongyu.exchange import queries as exchange
from gongyu.families.queries import children_with_latest_notes, classes_of
from gongyu.places.models import Division
from gongyu.publishing import queries as publishing
from gongyu.publishing.models import Policy

from . import blocks, looked_after
from .blocks import Action, Block, Row, TodayPage


def today_page(user: User, workspace: Membership | None) -> TodayPage:
    """The page for the role in which the person works right now."""
    role = workspace.role if workspace else ""
    town = town_of(workspace)
    if town is not None:
        return _town(user, town)
    return _PAGES.get(role, _nobody)(user)


def _nobody(user: User) -> TodayPage:
    """Somebody without a role (yet): the public channels."""
    return TodayPage([], [Action(_("看看附近的活动"), reverse("publishing:activities"), "sun")])


def _parent(user: User) -> TodayPage:
    return TodayPage(
        [blocks.next_visits(user), blocks.class_visits(user), blocks.weekend()],
        [
            Action(_("附近的活动"), reverse("publishing:activities"), "calendar-days"),
            Action(_("说说我们家的经验"), reverse("publishing:write"), "square-pen"),
        ],
        children_with_latest_notes(user),
    )


def _teacher(user: User) -> TodayPage:
    classes = [
        Row(
            title=_("给%(name)s的孩子写一句") % {"name": entry.school_class.name},
            meta=_("%(count)d 个孩子，%(role)s")
            % {"count": len(entry.pupils), "role": "、".join(entry.labels)},
            url=reverse("families:note_new", args=[entry.school_class.pk]),
            icon="square-pen",
        )
        for entry in classes_of(user)
        if entry.pupils
    ]
    return TodayPage(
        [
            blocks.proposals(user),
            blocks.join_asks(user),
            blocks.to_rate(user),
            blocks.safety(user, "school"),
            blocks.visits(user, Role.TEACHER),
            Block(_("我的班"), classes, empty=_("名单录入以后，就能在这里给孩子写在校表现。")),
            blocks.in_pool(user),
        ],
        [Action(_("提个需求"), reverse("exchange:need_new"), "message-square-plus")],
        effects=blocks.effects(user),
    )


def _school_admin(user: User) -> TodayPage:
    return TodayPage(
        [
            blocks.proposals(user),
            blocks.join_asks(user),
            blocks.to_rate(user),
            blocks.safety(user, "school"),
            blocks.visits(user, Role.SCHOOL_ADMIN),
            blocks.in_pool(user),
        ],
        [
            Action(_("提个需求"), reverse("exchange:need_new"), "message-square-plus"),
            Action(_("发一条"), reverse("publishing:write"), "square-pen"),
        ],
        effects=blocks.effects(user),
    )


def _unit(user: User) -> TodayPage:
    waiting = exchange.waiting_for_unit(user)
    number = waiting.count()
    return TodayPage(
        [
            Block(
                _("学校等您回话"),
                blocks.order_rows(waiting[: blocks.ROWS], for_unit=True),
                waits=number,
                more_url=reverse("exchange:orders"),
                more_label=_("去接单，不冲突的一次接下"),
                empty=_("没有等您回话的订单。"),
            ),
            blocks.to_rate(user, for_unit=True),
            blocks.safety(user, "unit"),
            blocks.visits(user, Role.UNIT),
        ],
        [
            Action(_("看订单和日历"), reverse("exchange:orders"), "inbox"),
            Action(_("今天的接待单"), reverse("exchange:unit_day"), "clipboard-list"),
        ],
    )


def _town(user: User, town: Division) -> TodayPage:
    """A town's office: the pool of its schools, and what a community's people see."""
    return TodayPage(
        [
            looked_after.to_settle(town),
            looked_after.pool(_("%(town)s的学校") % {"town": town}, town),
            looked_after.late(town),
            blocks.own_articles(user, _("还没有发过活动。发一个，附近的家长就能看到。")),
            blocks.weekend(),
        ],
        [Action(_("匹配、派单"), reverse("exchange:runs"), "route")],
    )


def _commission(user: User) -> TodayPage:
    reviews = list(publishing.waiting_for_review()[: blocks.ROWS + 1])
    return TodayPage(
        [
            looked_after.to_settle(),
            looked_after.pool(_("全区的需求")),
            looked_after.to_admit(),
            Block(
                _("家长的经验，等您审一审"),
                blocks.article_rows(reviews[: blocks.ROWS]),
                waits=len(reviews),
                more_url=reverse("publishing:review"),
                more_label=_("去审核"),
                empty=_("没有等审核的。"),
            ),
            looked_after.late(),
        ],
        [Action(_("统一匹配、派单"), reverse("exchange:runs"), "route")],
    )


def _department(user: User) -> TodayPage:
    silent = Policy.objects.filter(explainers__isnull=True).order_by("-reference")[: blocks.ROWS]
    return TodayPage(
        [
            looked_after.led_problems(user),
            Block(
                _("还没人讲成人话的政策"),
                [Row(policy.title, policy.issuer, policy.get_absolute_url()) for policy in silent],
                more_url=reverse("publishing:policies"),
                more_label=_("看政策库"),
                empty=_("政策库里的文件都有解读了。"),
            ),
            blocks.own_articles(user, _("还没有发过解读。挑一份文件，讲给家长听。")),
        ],
        [Action(_("写一篇解读"), reverse("publishing:write"), "square-pen")],
    )


def _community(user: User) -> TodayPage:
    return TodayPage(
        [
            blocks.proposals(user),
            blocks.join_asks(user),
            blocks.to_rate(user),
            blocks.safety(user, "school"),
            blocks.visits(user, Role.COMMUNITY),
            blocks.in_pool(user),
            looked_after.coming_nearby(user),
            blocks.own_articles(user, _("还没有发过活动。发一个，附近的家长就能看到。")),
            blocks.weekend(),
        ],
        [
            Action(_("提个需求"), reverse("exchange:need_new"), "message-square-plus"),
            Action(_("发个活动"), reverse("publishing:write"), "square-pen"),
        ],
        effects=blocks.effects(user),
    )


_PAGES: dict[str, Callable[[User], TodayPage]] = {
    Role.PARENT: _parent,
    Role.TEACHER: _teacher,
    Role.SCHOOL_ADMIN: _school_admin,
    Role.UNIT: _unit,
    Role.COMMISSION: _commission,
    Role.DEPARTMENT: _department,
    Role.COMMUNITY: _community,
}
