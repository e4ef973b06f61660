"""What comes out: matches, their certificate, and the reason for every wish left open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from .types import Form


class Phase(StrEnum):
    """Where a run stands."""

    CANDIDATES = "candidates"
    BOUND = "bound"
    SEARCH = "search"
    EXACT = "exact"
    EXPLAIN = "explain"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """Sent to the progress callback. share: of the phase, 0 to 1, where it can be known.

    pairs, memory_mb: once the candidates are known, their number and about what the run will take
    beside the records themselves.
    """

    phase: Phase
    share: float
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    pairs: int | None = None
    memory_mb: float | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A need meets a session. km by road (0 online); value: b of the pair, before discounts."""

    need: str
    session: str
    headcount: int
    km: float
    value: float


@dataclass(frozen=True, slots=True)
class Certificate:
    """How good the plan is, provably.

    objective: the plan's benefit B. bound: no plan has a larger B. gap: bound / objective - 1
    (0 when both are 0). With fairness, ``fair_objective`` and ``fair_bound`` are of what was
    maximised and ``given_up`` is the share of the bound on B that the plan does not reach.
    fair_proof: prices and rewards from which anybody can recompute the bound of what was maximised;
    fair_proven: what they prove, above ``fair_bound`` only where that is HiGHS's word.
    method: how the bounds were found: "lagrangian", by the prices of the proofs alone, or "branch
    and bound", as HiGHS says of one of them. proven: what the prices prove, which anybody can
    check; above the bound only where that rests on HiGHS's word. seconds: wall time of the run.
    """

    objective: float
    bound: float
    gap: float
    settings: str
    seed: int
    seconds: float
    method: str = ""
    fair_objective: float | None = None
    fair_bound: float | None = None
    given_up: float | None = None
    proof: Proof | None = None
    proven: float | None = None
    fair_proof: Proof | None = None
    fair_proven: float | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Dual prices from which anybody can recompute the bound of B: see ``recheck``.

    ranks: need -> price of each of its ranks. half_days: (group, or the need's id where it has
    none; day; half-day) -> price. funds: fund -> price of one fen. What is not named costs 0.

    In the proof of a fair goal, rewards: ("town", "group" or "all", name) -> for each quarter of
    its target how many served needs it rewards and what each earns; towns: what the bound pays a
    served need instead. The name of all needs together is empty.
    """

    ranks: dict[str, tuple[float, ...]]
    half_days: dict[tuple[str, date, int], float]
    funds: dict[str, float]
    rewards: dict[tuple[str, str], tuple[tuple[int, float], ...]] = field(default_factory=dict)
    towns: dict[tuple[str, str], float] = field(default_factory=dict)


class Reason(StrEnum):
    """Why a need got fewer sessions than it wanted: the first that holds, in this order."""

    NO_RESOURCE_ON_TOPIC = "no_resource_on_topic"
    WRONG_GRADES_OR_FORM = "wrong_grades_or_form"
    NONE_IN_REACH = "none_in_reach"
    NONE_IN_WINDOW = "none_in_window"
    TOO_BIG_A_GROUP = "too_big_a_group"
    BELOW_MINIMUM = "below_minimum"
    FORBIDDEN = "forbidden"
    TAKEN_BY_MORE_URGENT = "taken_by_more_urgent"
    UNIT_LIMIT = "unit_limit"
    BUDGET = "budget"
    GROUP_BUSY = "group_busy"
    STOPPED_EARLY = "stopped_early"


class WayOutKind(StrEnum):
    """One change that makes the need servable."""

    ENLARGE_REACH = "enlarge_reach"
    """The need goes as far as ``km``."""
    ENLARGE_RADIUS = "enlarge_radius"
    """The unit comes as far as ``km`` for ``session``."""
    OTHER_SLOT = "other_slot"
    """The need also accepts ``slot``."""
    WIDEN_WINDOW = "widen_window"
    """The need's window reaches ``day``."""
    OTHER_FORM = "other_form"
    """The need also accepts ``form``."""
    ADMIT_GRADES = "admit_grades"
    """The session also admits ``grades``."""
    MORE_CAPACITY = "more_capacity"
    """The session gets ``seats`` more seats."""
    LOWER_MINIMUM = "lower_minimum"
    """The session runs from ``heads`` heads."""
    RAISE_LIMIT = "raise_limit"
    """The unit's monthly limit rises by one."""
    RAISE_BUDGET = "raise_budget"
    """The fund gets ``fen`` more."""
    ALLOW_PAIR = "allow_pair"
    """The pair is no longer forbidden."""
    ADD_SESSION = "add_session"
    """The unit offers one more session like ``session``, on ``day`` in ``slot``'s half-day."""
    NEW_RESOURCE = "new_resource"
    """Somebody offers ``topic`` to ``heads`` heads on ``day`` in ``slot``'s half-day."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """A change and whom it concerns; fields that the kind does not use are None or empty."""

    kind: WayOutKind
    unit: str = ""
    session: str = ""
    km: float | None = None
    slot: tuple[int, int] | None = None
    day: date | None = None
    form: Form | None = None
    grades: frozenset[int] | None = None
    seats: int | None = None
    heads: int | None = None
    fen: int | None = None
    fund: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A need that got fewer sessions than it wanted.

    looked: whether ways out were looked for; False where the time was up.
    """

    need: str
    wanted: int
    got: int
    reason: Reason
    ways_out: tuple[WayOut, ...]
    looked: bool = True


@dataclass(frozen=True, slots=True)
class TownShare:
    """needs: of the town (or fair group). served: those with at least one session.

    share: served / needs. most: share of needs with any candidate, an upper bound of ``share``.
    """

    town: str
    needs: int
    served: int
    share: float
    most: float


@dataclass(frozen=True, slots=True)
class Plan:
    """pairs: number of feasible pairs. fair_groups: as ``towns``, for the groups of the problem.

    memory: what a rematch need not look for again; it finds it anew where there is none.
    """

    matches: tuple[Match, ...]
    certificate: Certificate
    unmet: tuple[Unmet, ...]
    towns: tuple[TownShare, ...]
    pairs: int
    fair_groups: tuple[TownShare, ...] = ()
    memory: object = field(default=None, repr=False, compare=False)


class ObstacleKind(StrEnum):
    """What stands between a need and a session."""

    GRADES = "grades"
    FORM = "form"
    DISTANCE = "distance"
    WINDOW = "window"
    SLOT = "slot"
    TOO_BIG = "too_big"
    FULL = "full"
    MINIMUM = "minimum"
    FORBIDDEN = "forbidden"


Amount = float | int | date | tuple[int, int] | Form | frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """needed: what the pair would take. offered: what there is (both in the kind's own unit).

    DISTANCE: road km, km allowed. WINDOW: the session's date, the nearest day of the window.
    SLOT: the session's (weekday, half-day), None. GRADES: missing grades, the session's grades.
    FORM: the session's form, the need's forms. TOO_BIG: headcount, seats of the session.
    FULL: headcount, seats left beside the confirmed. MINIMUM: minimum group, headcount.
    """

    kind: ObstacleKind
    needed: Amount
    offered: Amount


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A session on the need's topic, and all that stands in the way. fit: f of the pair."""

    session: str
    unit: str
    fit: float
    km: float
    obstacles: tuple[Obstacle, ...]
