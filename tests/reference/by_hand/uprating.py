# Next year's standards as METHODS 4 words the ten steps, in exact fractions, one class after the other.
# Written from METHODS alone; nothing taken from src. A standard is a Fraction of yuan a month, a class a string "1".."4".
from fractions import Fraction
from itertools import pairwise
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
    """Return step 2 for the rural standard of one class, never above the urban one unless the data already are."""
    kind = catch_up["kind"]
    if kind == "none":
        return rural_next
    growth_u = urban_next / urban - 1
    if kind == "differential":
        wanted = rural * (1 + growth_u + catch_up["points"])
    elif kind == "gap_share":
        wanted = rural_next + catch_up["theta"] * max(urban_next - rural_next, Fraction(0))
    elif kind == "target":
        years = catch_up["year"] - catch_up["this_year"]
        wanted = rural * power(catch_up["ratio"] / (rural / urban), years) * (1 + growth_u)
    return wanted if rural > urban else min(wanted, urban_next)


def next_standards(urban, rural, policy):
    """Return next year's urban and rural standards by class, one step after the other.

    policy: rule {residence: {class: rule}}, catch_up, round_mode and step {residence: ...}, and where they are switched on
    provincial_floor {residence: {class: yuan}}, class_order (bool), rural_share (share or None), ceiling {class: yuan},
    ratchet (bool).
    """
    step_u, step_r = policy["step"]["urban"], policy["step"]["rural"]
    mode_u, mode_r = ROUND[policy["round_mode"]["urban"]], ROUND[policy["round_mode"]["rural"]]
    share, ordered = policy.get("rural_share"), policy.get("class_order", False)
    floors, ceilings = policy.get("provincial_floor", {}), policy.get("ceiling", {})
    classes = [c for c in ORDER if c in urban]
    unified = {c for c in classes if urban[c] == rural[c]}
    reversed_now = {c for c in classes if rural[c] > urban[c]}

    def least_share(c):
        return min(up(share * u[c], step_r), u[c])

    def never_above_urban():
        for c in classes:
            r[c] = u[c] if c in unified else r[c] if c in reversed_now else min(r[c], u[c])

    u = {c: formula(urban[c], policy["rule"]["urban"][c]) for c in classes}  # 1 rule
    r = {c: formula(rural[c], policy["rule"]["rural"][c]) for c in classes}
    for c in classes:  # 2 catch_up; one standard for town and country stays one
        r[c] = u[c] if c in unified else caught_up(urban[c], rural[c], u[c], r[c], policy["catch_up"])
    u = {c: mode_u(u[c], step_u) for c in classes}  # 3 round_urban
    for c in classes:  # 4 provincial_floor: a floor always rounds up
        u[c] = max(u[c], up(floors.get("urban", {}).get(c, Fraction(0)), step_u))
        r[c] = max(r[c], up(floors.get("rural", {}).get(c, Fraction(0)), step_r))
    if ordered:  # 5 class_order, where one standard for town and country counts on both sides
        for below, c in pairwise(classes):
            u[c] = max(u[c], u[below])
            r[c] = max(r[c], u[below] if below in unified else r[below])
    if share is not None:  # 6 rural_share
        r = {c: max(r[c], least_share(c)) for c in classes}
    r = {c: mode_r(r[c], step_r) for c in classes}  # 7 round_rural, which takes nothing from 6
    if share is not None:
        r = {c: max(r[c], least_share(c)) for c in classes}
    never_above_urban()
    for c in classes:  # 8 ceiling, which every other step outranks
        if c not in ceilings:
            continue
        cap_u, cap_r = down(ceilings[c], step_u), down(ceilings[c], step_r)
        below = classes[classes.index(c) - 1] if c != classes[0] else None
        least_u = max(up(floors.get("urban", {}).get(c, Fraction(0)), step_u), u[below] if ordered and below else 0)
        if u[c] > cap_u:
            u[c] = max(cap_u, least_u)
        least_r = max(up(floors.get("rural", {}).get(c, Fraction(0)), step_r), r[below] if ordered and below else 0)
        least_r = max(least_r, least_share(c) if share is not None else 0)
        if c in unified:
            r[c] = u[c]
        elif r[c] > cap_r:
            r[c] = max(cap_r, least_r)
    if policy.get("ratchet", True):  # 9 ratchet; a rural share of what the ratchet holds up stays due
        held = {c for c in classes if urban[c] > u[c]}
        u, r = ({c: max(values[c], now[c]) for c in classes} for values, now in ((u, urban), (r, rural)))
        if share is not None:
            r.update({c: max(r[c], least_share(c)) for c in held})
        r.update({c: u[c] for c in unified})
    return u, r  # 10 check changes nothing


def in_force(standard, floor_next, floor_now, phi, step):
    """Return an area's next standard: max(z, m', z (1 + phi g)); what moves is rounded up on the grid, what stays is not."""
    followed = standard * (1 + phi * (floor_next / floor_now - 1))
    return max([standard, *(up(value, step) for value in (floor_next, followed) if value > standard)])


def in_force_rural(rural_next, urban_next, share, step):
    """Return the rural standard lifted to the share of the area's own urban one, never above it by this step."""
    return max(rural_next, min(up(share * urban_next, step), urban_next))
