# The cost of a rise as METHODS 4 (D) words it, cell by cell in exact fractions: no array, nothing taken from src.
from fractions import Fraction
from math import isnan

from reference.by_hand.money import rise_cost, tail
from reference.by_hand.uprating import in_force, in_force_rural, up

YUAN = Fraction(1)  # cities set whole yuan, whatever grid next year's floors are given


def exact(value):
    return None if isnan(value) else Fraction(str(value))


def allocated(cells, total, residence, need, parts):
    weights = {}
    for position, cell in enumerate(cells):
        if cell["residence"] != residence:
            continue
        share = 1.0
        if cell["part_of"]:
            class4 = parts[cell["part_of"]]
            share = class4 if cell["area_class"] == "4" else 1 - class4
        weights[position] = cell["population_persons"] * share / cell["consumption_yuan_year"] ** need
    whole = sum(weights.values())
    return {position: total * weight / whole for position, weight in weights.items()}


def in_force_now(cell, moved, above):
    minimum, last = exact(cell["minimum_yuan_month"]), exact(cell["last_standard_yuan_month"])
    if cell["observed"]:
        return last
    least = up(minimum * (1 + above), YUAN) if above else minimum
    if last is None:
        return least
    then = exact(cell["minimum_then_yuan_month"])
    return max(least, last, up(last * (1 + moved * (minimum / then - 1)), YUAN) if then is not None else minimum)


def supplement_now(cell, now, growth, above):
    floor = exact(cell["floor_yuan_month"])
    if floor is None:
        floor = exact(cell["last_floor_yuan_month"]) * growth
    own = exact(cell["own_floor_yuan_month"])
    return min(max(floor, own if own is not None else floor) * (1 + above), now)


def cost_by_cell(cells, settings, dibao, tekun, multiple, share, step=YUAN):
    parts = {name.removeprefix("class4_part_"): float(v) for name, v in settings.items() if "class4_part" in name}
    need = float(settings["allocation_need"])
    persons, in_tekun = {}, {}
    for residence in ("urban", "rural"):
        persons |= allocated(cells, dibao[residence], residence, need, parts)
        in_tekun |= allocated(cells, tekun[residence], residence, need, parts)
    now = [in_force_now(cell, settings["unobserved_moved"], settings["unobserved_above_minimum"]) for cell in cells]
    following = [
        in_force(
            z, exact(cell["next_minimum_yuan_month"]), exact(cell["minimum_yuan_month"]), settings["follow_share"], step
        )
        for cell, z in zip(cells, now, strict=True)
    ]
    by_place = {(cell["area_code"], cell["residence"]): position for position, cell in enumerate(cells)}
    for position, cell in enumerate(cells):
        urban = by_place.get((cell["area_code"], "urban"))
        if cell["residence"] == "rural" and urban is not None:
            following[position] = in_force_rural(following[position], following[urban], share, step)
    rows = []
    for position, cell in enumerate(cells):
        z, z_next, n = now[position], following[position], persons[position]
        rise = z_next - z
        b = supplement_now(cell, z, settings["class1_supplement_growth"], settings["supplement_above_floor"])
        f_next = exact(cell["next_floor_yuan_month"])
        response = settings["response_share"] * tail(z, b)
        incumbent, lifted, entering, entrants = (
            float(part) for part in rise_cost(Fraction(n), z, z_next, b, f_next or Fraction(0), response)
        )
        lift = max(Fraction(0), (f_next or 0) - b - rise)
        seen = exact(cell["tekun_yuan_month"]) or Fraction(0)
        tekun_now = max(up(multiple * z, step), seen)
        tekun_next = max(up(multiple * z_next, step), tekun_now)
        # Classified extras are 40 % of the standard; the price-linked subsidy starts at a price rise of 3.5 %.
        extras = 0.4 * 12 * (n + entrants) * float(settings["classified_share"]) * float(rise)
        price_link = 0.035 * 12 * (n + entrants) * float(settings["price_link_months_share"]) * float(rise)
        tekun_rise = 12 * in_tekun[position] * float(tekun_next - tekun_now)
        # What is shared between the tiers: the supplement at the minimum, not below its floor, and tekun of the minimum.
        m, m_next, floor = (
            exact(cell["minimum_yuan_month"]),
            exact(cell["next_minimum_yuan_month"]),
            exact(cell["floor_yuan_month"]) or 0,
        )
        shared_now = min(b, max(floor, b - (z - m)))
        paid_next = b + rise + lift
        shared_next = min(paid_next, max(f_next or 0, paid_next - (z_next - m_next))) if z_next > m_next else paid_next
        tekun_shared = min(tekun_now, up(multiple * m, step))
        tekun_shared_next = min(tekun_next, up(multiple * m_next, step))
        up_to_minimum = float(max(min(z_next, m_next) - z, 0) / rise) if rise else 0.0
        reckoned = entering + extras + price_link
        rows.append(
            {
                "standard": float(z),
                "next_standard": float(z_next),
                "supplement": float(b),
                "persons": n,
                "entrants": entrants,
                "incumbent": incumbent,
                "supplement_floor": lifted,
                "entrant": entering,
                "linked": tekun_rise + extras + price_link,
                "linked_tekun": tekun_rise,
                "linked_classified_extra": extras,
                "linked_price_link": price_link,
                "dibao_spending": 12 * n * float(b),
                "tekun_spending": 12 * in_tekun[position] * float(tekun_now),
                "minimum_spending": 12 * (n * float(shared_now) + in_tekun[position] * float(tekun_shared)),
                "minimum_extra": 12 * n * float(shared_next - shared_now)
                + 12 * in_tekun[position] * float(tekun_shared_next - tekun_shared)
                + reckoned * up_to_minimum,
            }
        )
    return rows
