"""How recipients and the mean supplement answer a rise: a local elasticity, a power tail, a lognormal (METHODS 4).

The default of the simulation is a caseload on its trend with a share of the power tail's response; the functions
here are what that default is back-tested against, and the bound that it is a share of. Growth of incomes is the
growth from the day of the present standard to that of the next, over the whole span and not a year's unless the
span is one year. Leaving it at 0 while standards follow it overstates the recipients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr, ndtr, ndtri

from analysis.model.caseload import response_elasticity

MONTHS = 12


@dataclass(frozen=True)
class PowerTail:
    """Incomes below the standard with distribution (x / top)^k.

    Attributes:
        k: exponent, above 0, shape of the input.
    """

    k: np.ndarray

    @property
    def elasticity(self) -> np.ndarray:
        """Per cent more recipients for a standard one per cent higher."""
        return self.k

    @property
    def cost_elasticity(self) -> np.ndarray:
        """Per cent more spending for a standard one per cent higher: recipients and supplement together."""
        return self.k + 1


@dataclass(frozen=True)
class LognormalFit:
    """Monthly income per head of the households that assistance reaches, lognormal.

    Attributes:
        mu: mean of log income (log yuan/person/month), shape (n,) or ().
        sigma: standard deviation of log income, above 0, same shape.
    """

    mu: np.ndarray
    sigma: np.ndarray


@dataclass(frozen=True)
class CostParts:
    """Extra cost of a rise against no rise, in its three parts, yuan a year.

    Attributes:
        incumbent_yuan_year: the rise, paid to those who would receive anyway.
        supplement_floor_yuan_year: what the floor of supplements asks for beyond the rise.
        entrant_yuan_year: what is paid to those whom the rise brings in.
    """

    incumbent_yuan_year: np.ndarray
    supplement_floor_yuan_year: np.ndarray
    entrant_yuan_year: np.ndarray

    @property
    def total_yuan_year(self) -> np.ndarray:
        """Sum of the three parts."""
        return self.incumbent_yuan_year + self.supplement_floor_yuan_year + self.entrant_yuan_year


def local_elasticity(
    persons: ArrayLike,
    standard_yuan_month: ArrayLike,
    next_standard_yuan_month: ArrayLike,
    elasticity: ArrayLike,
    income_growth_share: ArrayLike = 0.0,
) -> np.ndarray:
    """Return recipients after a rise, persons: N (z' / (1 + g) / z)^e (METHODS 4, model A).

    NaN where the recipients or the elasticity are missing.

    Args:
        persons: recipients at the present standard, any shape; the other arguments broadcast against it.
        standard_yuan_month: present standard z.
        next_standard_yuan_month: next standard z'.
        elasticity: e; 0 leaves the recipients as they are.
        income_growth_share: growth g of incomes from z to z', above -1.

    Raises:
        ValueError: a standard not above 0, or incomes that fall by everything.
    """
    now = np.asarray(standard_yuan_month, float)
    after = _in_present_incomes(next_standard_yuan_month, income_growth_share)
    _refuse(~((now > 0) & (after > 0)), "standards must be above zero")
    return np.asarray(persons, float) * (after / now) ** np.asarray(elasticity, float)


def power_tail(standard_yuan_month: ArrayLike, supplement_yuan_month: ArrayLike) -> PowerTail:
    """Return the power tail that two published numbers identify: k = z/b - 1 (METHODS 4, model B).

    k has no unit. Under F(x) = (x/top)^k the mean shortfall from z is z/(k + 1), whatever the top. Classified extras in
    b make k too small. As an answer to a rise k is an upper bound.

    Args:
        standard_yuan_month: the standard z, any shape.
        supplement_yuan_month: mean supplement b without classified extras, broadcast against it.

    Raises:
        ValueError: a supplement outside (0, z): k would not be above 0.

    Example:
        >>> round(float(power_tail(551, 286).k), 3)
        0.927
    """
    standard, supplement = np.broadcast_arrays(
        np.asarray(standard_yuan_month, float), np.asarray(supplement_yuan_month, float)
    )
    _refuse(~((supplement > 0) & (supplement < standard)), "the supplement must lie between 0 and the standard")
    return PowerTail(response_elasticity(standard, supplement, 1.0))


def power_tail_recipients(
    persons: ArrayLike,
    standard_yuan_month: ArrayLike,
    next_standard_yuan_month: ArrayLike,
    supplement_yuan_month: ArrayLike,
    income_growth_share: ArrayLike = 0.0,
) -> np.ndarray:
    """Return recipients after a rise under the power tail, persons: N (z' / (1 + g) / z)^k (METHODS 4, model B).

    Args:
        persons: recipients at the present standard, any shape; the other arguments broadcast against it.
        standard_yuan_month: present standard z.
        next_standard_yuan_month: next standard z'.
        supplement_yuan_month: mean supplement b at z.
        income_growth_share: growth g of incomes from z to z', above -1.

    Raises:
        ValueError: as ``power_tail`` and ``local_elasticity``.
    """
    tail = power_tail(standard_yuan_month, supplement_yuan_month)
    return local_elasticity(
        persons, standard_yuan_month, next_standard_yuan_month, tail.elasticity, income_growth_share
    )


def power_tail_supplement(next_standard_yuan_month: ArrayLike, k: ArrayLike) -> np.ndarray:
    """Return the mean supplement at the next standard, z'/(k + 1); growth of all incomes alike does not alter it.

    Yuan/person/month; NaN where either is missing. Source: METHODS 4, model B.

    Args:
        next_standard_yuan_month: next standard z', any shape.
        k: exponent, as from ``power_tail``, broadcast against it.
    """
    return np.asarray(next_standard_yuan_month, float) / (np.asarray(k, float) + 1)


def lognormal_fit(
    standard_yuan_month: ArrayLike,
    supplement_yuan_month: ArrayLike,
    persons: ArrayLike,
    population_persons: ArrayLike,
    take_up_share: ArrayLike,
) -> LognormalFit:
    """Fit a lognormal to the recipients and the mean supplement of each area (METHODS 4, model C).

    N = P tau F(z) gives mu for any sigma; b = G(z)/F(z), with G(z) = z F(z) - E[x; x < z], then gives sigma. With
    the recipients held, b/z rises with sigma from 0 towards 1 (1 less a ratio of Mills' ratios), so that there is
    one solution and no more.

    Args:
        standard_yuan_month: the standard z, shape (n,) or scalar.
        supplement_yuan_month: mean supplement b without classified extras, broadcast against it.
        persons: recipients N.
        population_persons: residents P.
        take_up_share: share tau of the residents below the standard who receive, in (0, 1].

    Raises:
        ValueError: no solution: b outside (0, z), N outside (0, P tau), tau outside (0, 1].
    """
    standard, supplement, count, population, take_up = np.broadcast_arrays(
        *(
            np.asarray(given, float)
            for given in (standard_yuan_month, supplement_yuan_month, persons, population_persons, take_up_share)
        )
    )
    _refuse(~((supplement > 0) & (supplement < standard)), "the supplement must lie between 0 and the standard")
    _refuse(~((take_up > 0) & (take_up <= 1)), "take-up must lie above 0 and not above 1")
    _refuse(~((count > 0) & (count < population * take_up)), "recipients must lie between 0 and population x take-up")
    below = ndtri(count / (population * take_up))
    kept = np.log1p(-supplement / standard)
    # At sigma = 0 the supplement is 0. From above Gordon's bound (1941) on Mills' ratio, below 1/u, holds the root.
    mills = np.exp(log_ndtr(below) + below**2 / 2) * np.sqrt(2 * np.pi)
    highest = np.maximum(below, 0) + 1 / (np.exp(kept) * mills) + 1
    from scipy.optimize import elementwise  # half a second that most pages do not need

    found = elementwise.find_root(
        lambda sigma, below, kept: _log_income_ratio(below, sigma) - kept,
        (np.zeros_like(below), highest),
        args=(below, kept),
    )
    _refuse(~found.success, "no lognormal was found")
    return LognormalFit(mu=np.log(standard) - found.x * below, sigma=np.asarray(found.x))


def lognormal_recipients(
    fit: LognormalFit,
    standard_yuan_month: ArrayLike,
    population_persons: ArrayLike,
    take_up_share: ArrayLike,
    income_growth_share: ArrayLike = 0.0,
) -> np.ndarray:
    """Return recipients at a standard, persons: P tau F(z / (1 + g)) (METHODS 4, model C).

    Args:
        fit: as from ``lognormal_fit``.
        standard_yuan_month: the standard z, broadcast against the fit.
        population_persons: residents P.
        take_up_share: share tau of the residents below the standard who receive.
        income_growth_share: growth g of incomes since the fit, above -1.

    Raises:
        ValueError: a standard not above 0, or incomes that fall by everything.
    """
    reached = np.asarray(population_persons, float) * np.asarray(take_up_share, float)
    return reached * ndtr(_score(fit, standard_yuan_month, income_growth_share))


def lognormal_supplement(
    fit: LognormalFit, standard_yuan_month: ArrayLike, income_growth_share: ArrayLike = 0.0
) -> np.ndarray:
    """Return the mean supplement at a standard, G(z)/F(z) = z - E[x | x < z], yuan/person/month.

    E[x; x < z] = exp(mu + sigma^2/2) Phi((ln z - mu)/sigma - sigma), the partial expectation of the lognormal
    (Johnson, Kotz and Balakrishnan 1994, chapter 14). Incomes that all grow by g are a mu that is ln(1 + g) larger.

    Args:
        fit: as from ``lognormal_fit``.
        standard_yuan_month: the standard z, broadcast against the fit.
        income_growth_share: growth g of incomes since the fit, above -1.

    Raises:
        ValueError: a standard not above 0, or incomes that fall by everything.
    """
    score = _score(fit, standard_yuan_month, income_growth_share)
    return np.asarray(standard_yuan_month, float) * -np.expm1(_log_income_ratio(score, fit.sigma))


def cost_identity(
    persons: ArrayLike,
    supplement_yuan_month: ArrayLike,
    rise_yuan_month: ArrayLike,
    next_floor_yuan_month: ArrayLike,
    entrants_persons: ArrayLike,
    entrant_supplement_yuan_month: ArrayLike,
) -> CostParts:
    """Return the extra cost that every model of the response must add up to (METHODS 4, identity).

    12 N (z' - z) + 12 N max(0, f' - b - (z' - z)) + 12 (N' - N) x mean supplement of the entrants, yuan a year; NaN
    where anything but the next floor is missing. N is next year's caseload on its trend, without the rise; b is taken
    as not below the floor in force.

    Args:
        persons: N, any shape; the other arguments broadcast against it.
        supplement_yuan_month: b, paid now.
        rise_yuan_month: z' - z.
        next_floor_yuan_month: f'; NaN where there is none.
        entrants_persons: N' - N.
        entrant_supplement_yuan_month: mean supplement of the entrants, about half the rise.
    """
    count, rise = np.asarray(persons, float), np.asarray(rise_yuan_month, float)
    floor_lift = np.asarray(next_floor_yuan_month, float) - np.asarray(supplement_yuan_month, float) - rise
    entrants = np.asarray(entrants_persons, float) * np.asarray(entrant_supplement_yuan_month, float)
    # fmax takes the 0 where the floor is not known.
    return CostParts(MONTHS * count * rise, MONTHS * count * np.fmax(floor_lift, 0.0), MONTHS * entrants)


def _log_income_ratio(score: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Return ln(E[x | x < z] / z), with z at ``score`` standard deviations; in logs neither tail overflows."""
    return log_ndtr(score - sigma) - log_ndtr(score) + sigma * (sigma / 2 - score)


def _score(fit: LognormalFit, standard_yuan_month: ArrayLike, income_growth_share: ArrayLike) -> np.ndarray:
    standard = _in_present_incomes(standard_yuan_month, income_growth_share)
    _refuse(~(standard > 0), "standards must be above zero")
    return (np.log(standard) - fit.mu) / fit.sigma


def _in_present_incomes(standard_yuan_month: ArrayLike, income_growth_share: ArrayLike) -> np.ndarray:
    growth = np.asarray(income_growth_share, float)
    _refuse(~(growth > -1), "incomes cannot fall by everything")
    return np.asarray(standard_yuan_month, float) / (1 + growth)


def _refuse(wrong: np.ndarray, rule: str) -> None:
    """Raise with the rule and the positions that break it; NaN breaks every rule, since no comparison holds."""
    if np.any(wrong):
        raise ValueError(f"{rule}; not so at position {', '.join(map(str, np.flatnonzero(wrong)))}")
