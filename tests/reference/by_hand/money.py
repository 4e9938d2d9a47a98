# The costing of METHODS 4 for one cell, the sharing between tiers, capacity and arrears, in exact fractions.
# Written from METHODS alone; nothing taken from src. A power of a fraction is taken to fifty digits.
from fractions import Fraction

from reference.by_hand.gap import FIFTY, decimal, ln


def grown(ratio, exponent):
    """Return ratio to the power of exponent."""
    return Fraction(FIFTY.exp(FIFTY.multiply(decimal(exponent), ln(ratio))))


def tail(standard, supplement):
    """Return k = z / b - 1 of the power tail."""
    return standard / supplement - 1


def rise_cost(persons, standard, next_standard, supplement, next_floor, response):
    """Return the yearly cost of a rise: incumbents, lifted to the supplement floor, entrants (yuan), and the entrants."""
    rise = next_standard - standard
    entrants = persons * grown(next_standard / standard, response) - persons
    incumbent = 12 * persons * rise
    lifted = 12 * persons * max(Fraction(0), next_floor - supplement - rise)
    return incumbent, lifted, 12 * entrants * rise / 2, entrants


def tail_supplement(next_standard, k):
    """Return b' = z' / (k + 1) under the power tail (model B)."""
    return next_standard / (k + 1)


def year_share(month, back_pay):
    """Return the share of the yearly rise that falls in the year: all of it with back-pay, else the months left."""
    return Fraction(1) if back_pay else Fraction(12 - (month - 1), 12)


def largest_remainder(total, shares):
    """Return whole parts of a whole total by shares that add to 1; the first of equal remainders comes first."""
    exact = [total * share for share in shares]
    parts = [value.numerator // value.denominator for value in exact]
    remainders = sorted(range(len(shares)), key=lambda i: (-(exact[i] - parts[i]), i))
    for i in remainders[: total - sum(parts)]:
        parts[i] += 1
    return parts


def shared(spending, at_minimum, shares, local):
    """Return what each tier pays: its share of the spending at the minimum; what is above it falls on the local tier."""
    paid = {tier: share * at_minimum for tier, share in shares.items()}
    paid[local] += spending - at_minimum
    return paid


def capacity(cost_now, cost_next, budget_now, budget_next, cap):
    """Return the burdens of both years, headroom = cap x budget' - cost', and the transfer that makes it feasible."""
    headroom = cap * budget_next - cost_next
    return cost_now / budget_now, cost_next / budget_next, headroom, max(Fraction(0), -headroom)


def calendar(opening, allotments, payments):
    """Return the balance after each month, the largest shortfall, and the months in which the money is late."""
    balance, balances = opening, []
    for allotted, paid in zip(allotments, payments, strict=True):
        balance += allotted - paid
        balances.append(balance)
    return balances, max(Fraction(0), -min(balances)), [m for m, b in enumerate(balances, start=1) if b < 0]
