"""Background tasks declare whose work they are, as views do."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from django_tasks import task
from django_tasks.base import Task

import gongyu
from gongyu.accounts.policies import is_commission
from gongyu.core.access import declared_rule, task_access


def tasks_of_the_product() -> Iterator[Task]:
    for module in pkgutil.walk_packages(gongyu.__path__, "gongyu."):
        if module.name.rsplit(".", 1)[-1] == "tasks":
            yield from (v for v in vars(import_module(module.name)).values() if isinstance(v, Task))


def undeclared(tasks: Iterator[Task] | list[Task]) -> list[str]:
    return [t.func.__name__ for t in tasks if declared_rule(t.func) is None or not t.func.__doc__]


def test_every_task_says_whose_work_it_is_and_what_it_does() -> None:
    assert undeclared(tasks_of_the_product()) == []


@task_access(is_commission)
def _declared() -> None:
    """Does nothing."""


def _careless() -> None:
    """Does nothing."""


def test_a_task_that_declares_nothing_is_found() -> None:
    assert undeclared([task()(_declared), task()(_careless)]) == ["_careless"]
