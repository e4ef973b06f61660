"""The words over the channels and over the forms of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from .models import Article

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Channel, Kind, State = Article.Channel, Article.Kind, Article.State


@dataclass(frozen=True, slots=True)
class Heading:
    """A sentence over a page and what stands under it."""

    title: StrPromise
    lead: StrPromise


CHANNELS: dict[str, Heading] = {
    Channel.SCHOOL: Heading(
        _("学校：这一周教什么、办什么"), _("教学计划和学校通知，由学校自己发。")
    ),
    Channel.POLICY: Heading(
        _("政策：把文件讲成人话"), _("各部门解读与孩子有关的文件，都能找到原文是哪一份。")
    ),
    Channel.FAMILY: Heading(
        _("家长：别人家是怎么过来的"), _("家长写给家长，发出来之前区教委看过。")
    ),
    Channel.COMMUNITY: Heading(_("社区：楼下就有的事"), _("社区、场馆和镇街办的活动。")),
}
EMPTY_TILE: dict[str, str] = {
    Channel.SCHOOL: "校",
    Channel.POLICY: "策",
    Channel.FAMILY: "家",
    Channel.COMMUNITY: "邻",
}
WRITING: dict[str, Heading] = {
    Kind.TEACHING_PLAN: Heading(
        _("这一段教什么，告诉家长"), _("写孩子在学什么、家里能一起做什么。发布后任何人都能看。")
    ),
    Kind.SCHOOL_NEWS: Heading(
        _("学校有件事要告诉大家"), _("写清楚哪天、几点、谁、要带什么。发布后任何人都能看。")
    ),
    Kind.POLICY_EXPLAINER: Heading(
        _("把一份文件讲给家长听"), _("只讲和家长有关的：能做什么、找谁、不用做什么。")
    ),
    Kind.EXPERIENCE: Heading(
        _("写下您家的办法"), _("区教委看过以后才会发出来。请不要写孩子、老师和别人的名字。")
    ),
    Kind.ACTIVITY: Heading(_("发一个活动"), _("发布后会出现在“这个周末”和附近家庭的首页。")),
}
STATE_TONES: dict[str, str] = {
    State.IN_REVIEW: "wait",
    State.RETURNED: "stop",
    State.PUBLISHED: "ok",
    State.WITHDRAWN: "mute",
}
