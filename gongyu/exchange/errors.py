"""What can go wrong between a need and a visit, in the words of the person who meets it."""

from django.utils.translation import gettext as _

from gongyu.core.errors import DomainError, MoveNotAllowed, NotAllowed

__all__ = [
    "ClassIsBusy",
    "GradesNotTaught",
    "HeadsInDoubt",
    "MoveNotAllowed",
    "NotAllowed",
    "SessionDoesNotFit",
    "SessionFull",
    "SessionGone",
    "TooEarlyToRate",
]


class SessionFull(DomainError):
    def __init__(self, free: int, wanted: int) -> None:
        super().__init__(
            _("这一场刚刚满了，坐不下 %(wanted)d 人了。换一个半天，或者放进需求池等下一次派单。")
            % {"wanted": wanted}
            if free <= 0
            else _("这一场只剩 %(free)d 个名额，坐不下 %(wanted)d 人。换一个半天，或者分两批来。")
            % {"free": free, "wanted": wanted}
        )


class SessionGone(DomainError):
    def __init__(self) -> None:
        super().__init__(_("这一场已经取消或者过期了，请重新选一场。"))


class SessionDoesNotFit(DomainError):
    """The unit's own conditions refuse this need; ``why`` says which."""


class ClassIsBusy(DomainError):
    def __init__(self, who: str, when: str) -> None:
        super().__init__(
            _("%(who)s在 %(when)s已经约了别处，请换一个半天。") % {"who": who, "when": when}
        )


class GradesNotTaught(DomainError):
    def __init__(self, school: str, grades: str) -> None:
        super().__init__(
            _("%(school)s没有这些年级，它办的是%(grades)s。请改一下年级。")
            % {"school": school, "grades": grades}
        )


class TooEarlyToRate(DomainError):
    def __init__(self, when: str) -> None:
        super().__init__(_("活动在 %(when)s，办完那天就可以评了。") % {"when": when})


class HeadsInDoubt(DomainError):
    """A number that came which looks mistyped; said again, it counts."""

    def __init__(self, compared: str) -> None:
        super().__init__(
            _("%(compared)s看看是不是多打了一位；真是这么多，勾一下再点。") % {"compared": compared}
        )
