"""From a teacher's own words to topics, by the names and synonyms of the taxonomy."""

from dataclasses import dataclass

from gongyu.exchange.models import Topic


@dataclass(frozen=True, slots=True)
class TopicSuggestion:
    """A topic and the words of the text that led to it."""

    topic: Topic
    because: tuple[str, ...]


MOST = 5
SHORTEST = 2


def suggest_topics(text: str) -> list[TopicSuggestion]:
    """Topics whose name or synonyms stand in the text, most matched characters first; 1 query.

    An empty list means that the words say too little: the teacher picks from the list.
    """
    found = []
    for topic in Topic.objects.filter(parent__isnull=False).select_related("parent"):
        words = [topic.name, *topic.synonyms.split(";")]
        because = tuple(sorted({w for w in words if len(w) >= SHORTEST and w in text}, key=len))
        if because:
            found.append(TopicSuggestion(topic, because))
    found.sort(key=lambda s: (-sum(map(len, s.because)), s.topic.code))
    return found[:MOST]


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
