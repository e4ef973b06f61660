"""Plain words to topics: what teachers, parents and neighbours type → topics of the taxonomy.

>>> from gongyu.engines.topics import load_default
>>> load_default().suggest("班里好几个孩子看黑板老眯着眼")[0].code
'T0101'
>>> load_default().suggest("asdfgh")
[]
"""

from .bank import NO_TOPIC, Bank, parse_bank
from .defaults import default_bank_text, default_topics, load_default
from .errors import BankError, BankFault, TopicsError
from .index import TopicIndex
from .types import Suggestion, Topic

__all__ = [
    "NO_TOPIC",
    "Bank",
    "BankError",
    "BankFault",
    "Suggestion",
    "Topic",
    "TopicIndex",
    "TopicsError",
    "default_bank_text",
    "default_topics",
    "load_default",
    "parse_bank",
]
