"""Match needs with sessions: the best plan, provably, with a reason for everyone.

>>> from gongyu.engines.matching import Problem, match
>>> match(Problem.build([], [])).certificate.objective
0.0
"""

from .amending import Changes
from .applying import apply_way_out
from .candidates import Candidates, find_candidates
from .curve import PriceOfFairness, price_of_fairness
from .decompose import NeedsExtra, NoCluster, WorkerLost, match_in_parts, verify_in_parts
from .errors import Cancelled, EngineFault, Fault, InvalidProblem
from .obstacles import near_misses
from .plan import (
    Certificate,
    Match,
    NearMiss,
    Obstacle,
    ObstacleKind,
    Phase,
    Plan,
    Progress,
    Proof,
    Reason,
    TownShare,
    Unmet,
    WayOut,
    WayOutKind,
)
from .problem import Problem
from .rematching import Rematch, rematch
from .scarcity import Scarcity, scarcity
from .solve import match
from .types import GRADES, Form, Need, Options, Session
from .verify import Violation, verify
from .warm import warm_up

__all__ = [
    "GRADES",
    "Cancelled",
    "Candidates",
    "Certificate",
    "Changes",
    "EngineFault",
    "Fault",
    "Form",
    "InvalidProblem",
    "Match",
    "NearMiss",
    "Need",
    "NeedsExtra",
    "NoCluster",
    "Obstacle",
    "ObstacleKind",
    "Options",
    "Phase",
    "Plan",
    "PriceOfFairness",
    "Problem",
    "Progress",
    "Proof",
    "Reason",
    "Rematch",
    "Scarcity",
    "Session",
    "TownShare",
    "Unmet",
    "Violation",
    "WayOut",
    "WayOutKind",
    "WorkerLost",
    "apply_way_out",
    "find_candidates",
    "match",
    "match_in_parts",
    "near_misses",
    "price_of_fairness",
    "rematch",
    "scarcity",
    "verify",
    "verify_in_parts",
    "warm_up",
]
