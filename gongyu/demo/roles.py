"""The demo roles, in the order in which the sign-in page offers them."""

from dataclasses import dataclass

from django.db.models import Case, When

from gongyu.accounts.models import Membership, Role, User

from .district import PREFIX


@dataclass(frozen=True, slots=True)
class DemoRole:
    """A made-up person in a real organisation: how it is offered and which icon stands there."""

    username: str
    label: str
    detail: str
    icon: str


DEMO_ROLES = [
    DemoRole("demo-parent", "家长", "两个孩子的妈妈，自己也教音乐", "baby"),
    DemoRole("demo-teacher", "班主任", "印刷学院附小，三年级（2）班", "users"),
    DemoRole("demo-school", "学校管理员", "印刷学院附小，德育主任", "school"),
    DemoRole("demo-unit", "资源单位", "中国印刷博物馆，预约员", "package-open"),
    DemoRole("demo-commission", "区教委", "看全区、统一派单", "landmark"),
    DemoRole("demo-town", "镇街", "清源街道办事处，派本街道的单", "map"),
    DemoRole("demo-department", "部门", "区卫生健康委", "building-2"),
    DemoRole("demo-community", "社区", "发活动、办活动", "house"),
]


def demo_user(username: str) -> User | None:
    """The made-up person of that name, if there is one; nobody else can be entered this way."""
    if not username.startswith(PREFIX):
        return None
    return User.objects.filter(username=username, is_active=True, is_superuser=False).first()


def others() -> list[tuple[str, list[tuple[str, str]]]]:
    """Further people whom one may try, by kind: (kind, [(username, label)]); 2 queries."""
    kinds = [
        ("资源单位", [Role.UNIT]),
        ("教师和学校", [Role.TEACHER, Role.SCHOOL_ADMIN]),
        ("社区", [Role.COMMUNITY]),
        ("部门", [Role.DEPARTMENT, Role.COMMISSION]),
    ]
    memberships = (
        Membership.objects.filter(user__username__startswith=PREFIX, organization__isnull=False)
        .select_related("user", "organization")
        .order_by("organization__name", "pk")
    )
    offered = []
    for label, roles in kinds:
        rows = [
            (m.user.username, f"{m.organization} · {m.user.name}（{m.role_label}）")
            for m in memberships
            if m.role in roles
        ]
        offered.append((label, rows))
    parents = User.objects.filter(
        username__startswith=PREFIX, memberships__role=Role.PARENT
    ).order_by(Case(When(username__startswith=f"{PREFIX}parent", then=0), default=1), "pk")[:60]
    offered.append(("家长", [(u.username, u.name) for u in parents]))
    return offered
