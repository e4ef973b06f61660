"""The sentences of this room's refusals."""

from django.utils.translation import gettext as _

from gongyu.core.errors import DomainError, NotAllowed


class NotYourChild(NotAllowed):
    """One sentence for a child of others and for a child that does not exist: nothing is told."""

    def __init__(self) -> None:
        super().__init__(_("这是别的孩子的记录，只有孩子的监护人和任课老师能看。"))


class NotYourClass(NotAllowed):
    def __init__(self) -> None:
        super().__init__(_("这不是您任课的班。刚换了班的话，请学校管理员先加上您的任课。"))


class NoteRefused(DomainError):
    """A note that may not be kept as it is written; ``field`` is where the words stand."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field
