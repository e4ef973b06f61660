"""A problem solved in parts, in processes or on a cluster, with one plan and one certificate."""

from .cluster import NeedsExtra, NoCluster
from .crew import WorkerLost
from .proving import verify_in_parts
from .run import match_in_parts

__all__ = ["NeedsExtra", "NoCluster", "WorkerLost", "match_in_parts", "verify_in_parts"]
