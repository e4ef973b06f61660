"""From a teacher's own words to topics of the taxonomy."""

from dataclasses import dataclass
from threading import Lock, Thread

from gongyu.engines.topics import TopicIndex, load_default
from gongyu.exchange.models import Topic


@dataclass(frozen=True, slots=True)
class TopicSuggestion:
    """A topic and the words of the text that led to it, where any can be named.

    ``is_likely``: likely enough to be ticked for the writer, not only offered.
    """

    topic: Topic
    because: tuple[str, ...]
    is_likely: bool = True


MOST = 5
SHORTEST = 2
# Beside the first one, a topic is offered from this score on, and ticked from that.
FAINTEST, LIKELY = 0.02, 0.1
_building = Lock()


def _index() -> TopicIndex:
    """The engine's index: built once a process, in a few seconds; whoever comes early waits."""
    with _building:
        return load_default()


def warm_up() -> None:
    """Build the index beside the first page, so that it is there when the first words are typed."""
    if not _building.locked() and not load_default.cache_info().currsize:
        Thread(target=_index, name="topic-index", daemon=True).start()


def suggest_topics(text: str) -> list[TopicSuggestion]:
    """The topics that a text may mean, the likeliest first; 1 query.

    An empty list means that the words say too little: the teacher picks from the list. Codes that
    this district's taxonomy does not have are left out.
    """
    suggested = _index().suggest(text, limit=MOST)
    found = [s for n, s in enumerate(suggested) if n == 0 or s.score >= FAINTEST]
    if not found:
        return []
    known = Topic.objects.filter(parent__isnull=False, code__in=[s.code for s in found])
    by_code = {topic.code: topic for topic in known}
    return [
        TopicSuggestion(
            topic,
            suggestion.because or _named_in(text, topic),
            is_likely=n == 0 or suggestion.score >= LIKELY,
        )
        for n, suggestion in enumerate(found)
        if (topic := by_code.get(suggestion.code))
    ]


def _named_in(text: str, topic: Topic) -> tuple[str, ...]:
    """The names of a topic that stand in the text, where the engine names no words itself."""
    names = [topic.name, *topic.synonyms.split(";")]
    return tuple(sorted({n for n in names if len(n) >= SHORTEST and n in text}, key=len))


def topics_by_group() -> list[tuple[Topic, list[Topic]]]:
    """The whole taxonomy for the picker: each first level with its topics; 1 query."""
    groups: dict[int, tuple[Topic, list[Topic]]] = {}
    topics = list(Topic.objects.order_by("code"))
    for topic in topics:
        if topic.parent_id is None:
            groups[topic.pk] = (topic, [])
    for topic in topics:
        if topic.parent_id in groups:
            groups[topic.parent_id][1].append(topic)
    return [(first, below) for first, below in groups.values() if below]
