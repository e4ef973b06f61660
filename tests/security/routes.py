"""Every address of the product, found by walking the URL configuration."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from gongyu.core.access import declared_rule

ADMIN = "admin"  # Django's own; only system administrators pass its door


@dataclass(frozen=True, slots=True)
class Address:
    """One route: its full name, its path as written, and the view behind it."""

    name: str
    path: str
    view: Callable[..., Any]

    @property
    def is_declared(self) -> bool:
        return declared_rule(self.view) is not None


def _entries(
    resolver: URLResolver, namespaces: tuple[str, ...] = (), before: str = ""
) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Address(":".join([*namespaces, entry.name or path]), path, entry.callback)
        elif entry.namespace != ADMIN:
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _entries(entry, inner, path)


def walk() -> Iterator[Address]:
    """All routes there are, but those of Django's admin. Each has a name of its own."""
    seen = set()
    for address in _entries(get_resolver()):
        if address.name in seen:
            arguments = ", ".join(re.findall(r"<(?:\w+:)?(\w+)>", address.path))
            address = replace(address, name=f"{address.name} <{arguments}>")
        seen.add(address.name)
        yield address


def undeclared() -> list[str]:
    """Routes whose view does not say who may use it."""
    return [address.name for address in walk() if not address.is_declared]
