"""Refusals of this room."""

from gongyu.core.errors import DomainError


class UnknownParent(DomainError):
    """A division whose parent is not known and not among the rows."""
