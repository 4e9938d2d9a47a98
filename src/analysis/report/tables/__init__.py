"""Tables as officials expect them: small, rounded, in the reader's language, numbers from the results."""

from analysis.report.tables.batch import frontier, regrets, scenarios
from analysis.report.tables.costing import cost_by_class, cost_by_part, funds
from analysis.report.tables.evidence import assumptions, coverage, programmes, requests
from analysis.report.tables.gap import (
    adequacy,
    convergence,
    gap_history,
    gap_states,
    growth_split,
    in_force,
    minima,
    spread,
)
from analysis.report.tables.plan import (
    alternatives,
    box,
    break_even,
    cost_range,
    money,
    movers,
    proposal,
    sobol,
    steps,
    timing,
    who_pays,
)
from analysis.report.tables.record import (
    back_cast,
    driver_scores,
    drivers,
    next_minima,
    score_errors,
    scored_minima,
    scored_recipients,
)
from analysis.report.tables.record import money as known_money
from analysis.report.tables.road import borne, path, road

__all__ = [
    "adequacy", "alternatives", "assumptions", "back_cast", "borne", "box", "break_even", "convergence", "cost_by_class", "cost_by_part", "cost_range", "coverage",
    "driver_scores", "drivers", "frontier", "funds", "gap_history", "gap_states", "growth_split", "in_force", "known_money", "minima", "money",
    "movers", "next_minima", "path", "programmes", "proposal", "regrets", "requests", "road", "scenarios", "score_errors", "scored_minima",
    "scored_recipients", "sobol", "spread", "steps", "timing", "who_pays",
]  # fmt: skip
