# The gap statistics as METHODS 2 words them, in exact fractions; logarithms to fifty digits. Nothing taken from src.
from decimal import Context, Decimal
from fractions import Fraction

FIFTY = Context(prec=50)


def ln(value):
    return FIFTY.ln(FIFTY.divide(Decimal(value.numerator), Decimal(value.denominator)))


def decimal(value):
    return FIFTY.divide(Decimal(value.numerator), Decimal(value.denominator))


def root(value):
    return FIFTY.sqrt(decimal(value))


def ratio(urban, rural):
    return rural / urban


def absolute(urban, rural):
    return urban - rural


def relative(urban, rural):
    return 1 - rural / urban


def log_gap(urban, rural):
    return ln(urban) - ln(rural)


def closed_share(first_ratio, ratio_now):
    return None if first_ratio == 1 else 1 - (1 - ratio_now) / (1 - first_ratio)


def growth_of_ratio(urban_then, rural_then, urban, rural):
    """Return dln z_r, dln z_u and dln rho; the last is the first less the second."""
    return ln(rural / rural_then), ln(urban / urban_then), ln(rural / urban) - ln(rural_then / urban_then)


def adequacy(standard_month, yearly):
    return 12 * standard_month / yearly


def closing_year(year, ratio_now, target, speed):
    """Return t + ln((1 - rho_t) / (1 - rho*)) / lambda."""
    return year + ln((1 - ratio_now) / (1 - target)) / decimal(speed)


def half_life(speed):
    return ln(Fraction(2)) / decimal(speed)


def mean(values, weights):
    return sum(w * y for w, y in zip(weights, values, strict=True)) / sum(weights)


def cv(values, weights):
    mu = mean(values, weights)
    squares = sum(w * (y - mu) ** 2 for w, y in zip(weights, values, strict=True))
    return root(squares / sum(weights)) / decimal(mu)


def gini(values, weights):
    pairs = list(zip(values, weights, strict=True))
    between = sum(w * v * abs(y - x) for y, w in pairs for x, v in pairs)
    return between / (2 * mean(values, weights) * sum(weights) ** 2)


def theil(values, weights):
    mu, whole = mean(values, weights), sum(weights)
    return sum(decimal(w / whole * y / mu) * ln(y / mu) for y, w in zip(values, weights, strict=True))


def mld(values, weights):
    mu, whole = mean(values, weights), sum(weights)
    return sum(decimal(w / whole) * ln(mu / y) for y, w in zip(values, weights, strict=True))


def groups(values, weights, names):
    """Return each group's share of the people, its mean and its members."""
    whole, found = sum(weights), {}
    for y, w, name in zip(values, weights, names, strict=True):
        found.setdefault(name, ([], []))
        found[name][0].append(y)
        found[name][1].append(w)
    return {name: (sum(ws) / whole, mean(ys, ws), ys, ws) for name, (ys, ws) in found.items()}


def theil_parts(values, weights, names):
    """Return T within and T between: sum of (s m / mu) T_k and of (s m / mu) ln(m / mu)."""
    mu = mean(values, weights)
    parts = groups(values, weights, names).values()
    within = sum(decimal(s * m / mu) * theil(ys, ws) for s, m, ys, ws in parts)
    return within, sum(decimal(s * m / mu) * ln(m / mu) for s, m, _, _ in parts)


def mld_parts(values, weights, names):
    """Return L within and L between: sum of s L_k and of s ln(mu / m)."""
    mu = mean(values, weights)
    parts = groups(values, weights, names).values()
    return sum(decimal(s) * mld(ys, ws) for s, _, ys, ws in parts), sum(decimal(s) * ln(mu / m) for s, m, _, _ in parts)


def gini_parts(values, weights, names):
    """Return G within, G between the group means (everybody at the mean of the group) and what is left: overlap."""
    mu = mean(values, weights)
    parts = groups(values, weights, names)
    within = sum(s * s * m / mu * gini(ys, ws) for s, m, ys, ws in parts.values())
    between = sum(s * t * abs(m - n) for s, m, _, _ in parts.values() for t, n, _, _ in parts.values()) / (2 * mu)
    return within, between, gini(values, weights) - within - between


def mean_ratio_change(ratios_then, weights_then, ratios, weights):
    """Return the change of the mean ratio: within areas and by the move of recipients between them, averaged over both ends."""
    then, now = sum(weights_then), sum(weights)
    within = composition = Fraction(0)
    for r0, w0, r1, w1 in zip(ratios_then, weights_then, ratios, weights, strict=True):
        s0, s1 = w0 / then, w1 / now
        within += (s0 + s1) / 2 * (r1 - r0)
        composition += (r0 + r1) / 2 * (s1 - s0)
    return within, composition
