"""The sentences of this room's refusals."""

from django.utils.translation import gettext as _

from gongyu.core.errors import DomainError, MoveNotAllowed


class ArticleRefused(DomainError):
    """An article that cannot stand as it is written; ``field`` is where the trouble is."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class AlreadyHandled(MoveNotAllowed):
    """Somebody was faster: the page was older than the article."""

    def __init__(self, state: str) -> None:
        super().__init__(_("这篇刚才已经有人处理了，现在是“%s”。请以最新的状态为准。") % state)


class ChangedMeanwhile(MoveNotAllowed):
    """The text is no longer the one that was read."""

    def __init__(self) -> None:
        super().__init__(_("您打开以后，这篇又被改过。请看一眼最新的内容，再决定。"))
