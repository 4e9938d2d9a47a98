"""Sensitivity: what each assumption is worth (METHODS 4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.model.simulate import Case, Outcome
from analysis.model.simulate.case import quantile, stretched

WIDTHS = (0.5, 1.0, 2.0)
SOBOL_SAMPLES = 256
# With four uncertain inputs or fewer the tornado says it all.
SOBOL_FROM = 5


def tornado(case: Case) -> pd.DataFrame:
    """Return the extra cost with each assumption at its P10 and its P90, all others at their medians.

    An assumption that is not drawn has no P10: it is moved to its ends, and marked.

    Returns:
        assumption, low_value, high_value, at_low_yuan_year, at_high_yuan_year, drawn; the widest swing first.
    """
    middle = {name: float(quantile(one, np.array(0.5))) for name, one in case.assumptions.items()}
    rows, settings = [], {name: [] for name in middle}
    for name, one in case.assumptions.items():
        ends = (float(one.low), float(one.high)) if not one.drawn else quantile(one, np.array([0.1, 0.9]))
        rows.append((name, float(ends[0]), float(ends[1]), one.drawn))
        for end in ends:
            for other in middle:
                settings[other].append(end if other == name else middle[other])
    extra = case.extra_yuan_year({name: np.array(values) for name, values in settings.items()})
    table = pd.DataFrame(rows, columns=["assumption", "low_value", "high_value", "drawn"])
    table = table.assign(at_low_yuan_year=extra[0::2], at_high_yuan_year=extra[1::2])
    span = (table["at_high_yuan_year"] - table["at_low_yuan_year"]).abs()
    return table.iloc[np.argsort(-span.to_numpy(), kind="stable")].reset_index(drop=True)


def sobol(case: Case, samples: int = SOBOL_SAMPLES) -> pd.DataFrame:
    """Return first-order and total Sobol indices of the extra cost (Saltelli's sampling, Jansen's and Saltelli's estimators).

    Args:
        case: made ready.
        samples: base samples, a power of two; the model is run samples x (inputs + 2) times.

    Returns:
        assumption, first_share, first_conf, total_share, total_conf (95 %), the largest total first; empty where fewer
        than five inputs are uncertain, where the tornado says it all, or where the cost does not vary.
    """
    columns = ["assumption", "first_share", "first_conf", "total_share", "total_conf"]
    varied = [name for name, one in case.assumptions.items() if one.drawn and one.low < one.high]
    if len(varied) < SOBOL_FROM:
        return pd.DataFrame(columns=columns)
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample

    problem = {"num_vars": len(varied), "names": varied, "bounds": [[0.0, 1.0]] * len(varied)}
    unit = sample.sample(problem, samples, calc_second_order=False, seed=case.scenario.seed)
    # Student's t has no end: the very corners of the unit cube are drawn in by a hair.
    unit = np.clip(unit, 1e-6, 1 - 1e-6)
    settings = {name: np.full(len(unit), value) for name, value in case.central().items()}
    for position, name in enumerate(varied):
        settings[name] = quantile(case.assumptions[name], unit[:, position])
    extra = case.extra_yuan_year(settings)
    if np.ptp(extra) == 0:
        return pd.DataFrame(columns=columns)
    found = analyse.analyze(
        problem, extra, calc_second_order=False, num_resamples=100, conf_level=0.95, seed=case.scenario.seed
    )
    table = pd.DataFrame(
        dict(zip(columns, (varied, found["S1"], found["S1_conf"], found["ST"], found["ST_conf"]), strict=True))
    )
    return table.iloc[np.argsort(-table["total_share"].to_numpy(), kind="stable")].reset_index(drop=True)


def widths(outcome: Outcome) -> pd.DataFrame:
    """Return what halving and doubling every range does to the draws of the extra cost.

    Returns:
        width, p10_yuan_year, p50_yuan_year, p90_yuan_year; the envelope for 90 % is the last.
    """
    rows = []
    for width in WIDTHS:
        if width == 1.0:
            extra = outcome.draws
        else:
            drawn = {
                name: stretched(outcome.assumptions[name], values, width) for name, values in outcome.drawn.items()
            }
            extra = outcome.case.extra_yuan_year(drawn)
        rows.append((width, *np.quantile(extra, [0.1, 0.5, 0.9])))
    return pd.DataFrame(rows, columns=["width", "p10_yuan_year", "p50_yuan_year", "p90_yuan_year"])
