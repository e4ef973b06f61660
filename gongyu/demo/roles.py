"""The demo roles, in the order in which the sign-in page offers them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoRole:
    """A made-up person in a real organisation: how it is offered and which icon stands there."""

    username: str
    label: str
    detail: str
    icon: str


_ROLES = [
    DemoRole("demo-parent", "家长", "两个孩子的妈妈，也是老师", "baby"),
    DemoRole("demo-teacher", "班主任", "三年级班主任", "users"),
    DemoRole("demo-school", "学校管理员", "德育干部", "school"),
    DemoRole("demo-commission", "区教委", "教联体办公室", "landmark"),
    DemoRole("demo-department", "部门", "区卫生健康委", "building-2"),
    DemoRole("demo-community", "社区", "社区居委会", "house"),
    DemoRole("demo-unit", "资源单位", "能接单的场馆", "package-open"),
]
DEMO_ROLES = {role.username: role for role in _ROLES}
