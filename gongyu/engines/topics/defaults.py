"""The bank and taxonomy that come with the engine.

The one exception to 'engines do no I/O': these functions read the package's own data files, so
that the command line and library users get an index in one call.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from gongyu.engines.topics.bank import parse_bank
from gongyu.engines.topics.index import TopicIndex
from gongyu.engines.topics.types import Topic

_DATA = resources.files("gongyu.engines.topics") / "data"


def default_bank_text() -> str:
    """The text of ``phrases.csv``, for :func:`parse_bank`."""
    return (_DATA / "phrases.csv").read_text(encoding="utf-8")


@cache
def default_topics() -> tuple[Topic, ...]:
    """The 64 second-level topics of the taxonomy, in order of their codes."""
    text = (_DATA / "topics.csv").read_text(encoding="utf-8")
    return tuple(
        Topic(
            row["code"],
            row["name"],
            row["parent_code"],
            row["parent_name"],
            tuple(word for word in row["synonyms"].split(";") if word),
        )
        for row in csv.DictReader(text.splitlines())
    )


@cache
def load_default() -> TopicIndex:
    """The index over the default taxonomy and bank; built at the first call, then kept."""
    topics = default_topics()
    bank = parse_bank(default_bank_text(), codes=[topic.code for topic in topics])
    return TopicIndex.build(topics, bank)
