# Next year's standards as METHODS 4 words the ten steps, in exact fractions, one class after the other.
# Written from METHODS alone; nothing taken from src. A standard is a Fraction of yuan a month, a class a string "1".."4".
from fractions import Fraction
from math import floor

ORDER = ("4", "3", "2", "1")  # the class below comes first: a class is at least the class below it


def up(value, step):
    return -floor(-value / step) * step


def down(value, step):
    return floor(value / step) * step


def nearest(value, step):
    return floor(value / step + Fraction(1, 2)) * step


ROUND = {"up": up, "down": down, "nearest": nearest}


def whole_root(number, n):
    """Return the largest whole number whose n-th power is not above number."""
    low, high = 0, 1
    while high**n <= number:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**n <= number else (low, middle)
    return low


def power(base, n):
    """Return the n-th root of a fraction: exact where it is a fraction, else to fifty digits."""
    top, bottom = whole_root(base.numerator, n), whole_root(base.denominator, n)
    if (top**n, bottom**n) == (base.numerator, base.denominator):
        return Fraction(top, bottom)
    fine = 10**50
    return Fraction(whole_root(base.numerator * fine**n // base.denominator, n), fine)


def formula(standard, rule):
    """Return step 1 for one standard, not rounded."""
    kind = rule["kind"]
    if kind == "freeze":
        return standard
    if kind == "index":
        return standard * (1 + rule["pi"])
    if kind == "fixed":
        return standard * (1 + rule["rate"])
    if kind == "flat":
        return standard + rule["yuan"]
    if kind == "peg":
        return rule["q"] * rule["consumption_yuan_year"] / 12
    if kind == "mixed":
        return standard * (1 + rule["w"] * rule["pi"] + (1 - rule["w"]) * rule["gamma"])
    if kind == "triple":
        return standard * (1 + max(rule["pi"], rule["gamma"], rule["floor"]))
    if kind == "minimum_wage_share":
        return rule["share"] * rule["minimum_wage_yuan_month"]
    if kind == "base_chain":  # the base is carried on as it is; what is paid is the larger of old and new
        return rule["base"] * (1 + rule["growth"])
    raise ValueError(kind)


def caught_up(urban, rural, urban_next, rural_next, catch_up):
    """Return step 2 for the rural standard of one class, never above the urban one."""
    kind = catch_up["kind"]
    if kind == "none":
        return rural_next
    growth_u = urban_next / urban - 1
    if kind == "differential":
        wanted = rural * (1 + growth_u + catch_up["points"])
    elif kind == "gap_share":
        wanted = rural_next + catch_up["theta"] * (urban_next - rural_next)
    elif kind == "target":
        years = catch_up["year"] - catch_up["this_year"]
        wanted = rural * power(catch_up["ratio"] / (rural / urban), years) * (1 + growth_u)
    return min(wanted, urban_next)


def next_standards(urban, rural, policy):
    """Return next year's urban and rural standards by class.

    policy: rule {residence: {class: rule}}, catch_up, round_mode, step, and where they are switched on
    provincial_floor {residence: {class: yuan}}, class_order (bool), rural_share (share or None), ceiling {class: yuan}.
    """
    step, mode = policy["step"], ROUND[policy["round_mode"]]
    share, order = policy.get("rural_share"), policy.get("class_order", False)
    floors, ceilings = policy.get("provincial_floor", {}), policy.get("ceiling", {})
    u = {c: formula(urban[c], policy["rule"]["urban"][c]) for c in urban}
    r = {c: formula(rural[c], policy["rule"]["rural"][c]) for c in urban}
    unified = {c for c in urban if urban[c] == rural[c]}
    for c in urban:
        r[c] = u[c] if c in unified else caught_up(urban[c], rural[c], u[c], r[c], policy["catch_up"])
        u[c] = mode(u[c], step)
    least_u, least_r = dict.fromkeys(urban, Fraction(0)), dict.fromkeys(urban, Fraction(0))  # what outranks the ceiling
    below_u = below_r = Fraction(0)
    for c in (c for c in ORDER if c in urban):  # urban: provincial floor, class order, ceiling, ratchet
        if c in floors.get("urban", {}):
            least_u[c] = up(floors["urban"][c], step)
        if order:
            least_u[c] = max(least_u[c], below_u)
        u[c] = max(u[c], least_u[c])
        if c in ceilings:
            u[c] = max(min(u[c], down(ceilings[c], step)), least_u[c])
        u[c] = max(u[c], urban[c])
        below_u = u[c]
    for c in (c for c in ORDER if c in urban):  # rural: the same with the rural share, which looks at the urban value
        if c in unified:
            r[c] = below_r = u[c]
            continue
        r[c] = mode(r[c], step)
        if c in floors.get("rural", {}):
            least_r[c] = up(floors["rural"][c], step)
        if order:
            least_r[c] = max(least_r[c], below_r)
        if share is not None:
            least_r[c] = max(least_r[c], min(up(share * u[c], step), u[c]))
        r[c] = max(r[c], least_r[c])
        if c in ceilings:
            r[c] = max(min(r[c], down(ceilings[c], step)), least_r[c])
        if rural[c] <= urban[c]:
            r[c] = min(r[c], u[c])
        r[c] = below_r = max(r[c], rural[c])
    return u, r


def in_force(standard, floor_next, floor_now, phi, step):
    """Return an area's next standard: max(z, m', z (1 + phi g)), what is not z itself rounded up on the grid."""
    growth = floor_next / floor_now - 1
    return max(standard, up(floor_next, step), up(standard * (1 + phi * growth), step))


def in_force_rural(rural_next, urban_next, share, step):
    """Return the rural standard lifted to the share of the area's own urban one, never above it by this step."""
    return max(rural_next, min(up(share * urban_next, step), urban_next))
