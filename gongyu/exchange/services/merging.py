"""Making one row of two: whatever pointed at the second points at the first, and can be put back.

What the database refuses, because the first has it already, stays with the row that went.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction


def links_to(
    target: type[models.Model], leave: Collection[type[models.Model]]
) -> Iterator[tuple[type[models.Model], str]]:
    """Every table and column that points at a model, also those of many-to-many fields.

    ``leave``: models whose rows stay as they are, such as the records of merging themselves.
    """
    for relation in target._meta.related_objects:
        if isinstance(relation, models.ManyToManyRel):
            yield from _columns(relation.through, target)
        elif relation.related_model not in leave:
            model: Any = relation.related_model
            yield model, relation.field.name
    for field in target._meta.many_to_many:
        yield from _columns(field.remote_field.through, target)


def _columns(
    through: type[models.Model] | None, target: type[models.Model]
) -> Iterator[tuple[type[models.Model], str]]:
    if through is not None:
        for column in through._meta.fields:
            if column.related_model is target:
                yield through, column.name


def move_rows(
    links: Iterator[tuple[type[models.Model], str]], gone: models.Model, kept: models.Model
) -> dict[str, list[int]]:
    """Point at ``kept`` what pointed at ``gone``; "app.Model.field" → keys that moved."""
    moved = {}
    for model, column in links:
        if keys := _move(model, column, gone, kept):
            moved[f"{model._meta.label}.{column}"] = keys
    return moved


def _move(
    model: type[models.Model], column: str, old: models.Model, new: models.Model
) -> list[int]:
    """Point rows at ``new``; those that the database refuses stay. Returns the keys that moved."""
    rows = model._base_manager.filter(**{column: old})
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    if not keys:
        return []
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=keys).update(**{column: new})
    except IntegrityError:
        return [key for key in keys if _move_one(model, column, key, new)]
    return keys


def _move_one(model: type[models.Model], column: str, key: int, new: models.Model) -> bool:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=key).update(**{column: new})
    except IntegrityError:
        return False
    return True


def put_back(moved: dict[str, list[int]], kept: models.Model, gone: models.Model) -> None:
    """What moved and still hangs on ``kept`` hangs on ``gone`` again."""
    for label, keys in moved.items():
        path, column = label.rsplit(".", 1)
        model = apps.get_model(path)
        model._base_manager.filter(pk__in=keys, **{column: kept}).update(**{column: gone})
