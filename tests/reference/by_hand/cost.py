# The cost of a rise as METHODS 4 (D) words it, cell by cell in exact fractions: no array, nothing taken from src.
from fractions import Fraction
from math import ceil, isnan


def exact(value):
    return None if isnan(value) else Fraction(str(value))


def up(value):
    return Fraction(ceil(value))


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
    least = up(minimum * (1 + above))
    if last is None:
        return least
    then = exact(cell["minimum_then_yuan_month"])
    return max(least, last, up(last * (1 + moved * (minimum / then - 1))) if then is not None else minimum)


def in_force_next(cell, now, follow):
    minimum, following = exact(cell["minimum_yuan_month"]), exact(cell["next_minimum_yuan_month"])
    return max(now, following, up(now * (1 + follow * (following / minimum - 1))))


def supplement_now(cell, now, growth, above):
    floor = exact(cell["floor_yuan_month"])
    if floor is None:
        floor = exact(cell["last_floor_yuan_month"]) * growth
    own = exact(cell["own_floor_yuan_month"])
    return min(max(floor, own if own is not None else floor) * (1 + above), now)


def cost_by_cell(cells, settings, dibao, tekun, multiple, share):
    parts = {name.removeprefix("class4_part_"): float(v) for name, v in settings.items() if "class4_part" in name}
    need = float(settings["allocation_need"])
    persons, in_tekun = {}, {}
    for residence in ("urban", "rural"):
        persons |= allocated(cells, dibao[residence], residence, need, parts)
        in_tekun |= allocated(cells, tekun[residence], residence, need, parts)
    now = [in_force_now(cell, settings["unobserved_moved"], settings["unobserved_above_minimum"]) for cell in cells]
    following = [in_force_next(cell, z, settings["follow_share"]) for cell, z in zip(cells, now, strict=True)]
    by_place = {(cell["area_code"], cell["residence"]): position for position, cell in enumerate(cells)}
    for position, cell in enumerate(cells):
        urban = by_place.get((cell["area_code"], "urban"))
        if cell["residence"] == "rural" and urban is not None:
            least = min(up(share * following[urban]), following[urban])
            following[position] = max(following[position], least)
    rows = []
    for position, cell in enumerate(cells):
        z, z_next, n = now[position], following[position], persons[position]
        rise = z_next - z
        b = supplement_now(cell, z, settings["class1_supplement_growth"], settings["supplement_above_floor"])
        f_next = exact(cell["next_floor_yuan_month"])
        lift = max(Fraction(0), f_next - b - rise) if f_next is not None else Fraction(0)
        tail = float(z / b - 1)
        entrants = n * (float(z_next / z) ** (float(settings["response_share"]) * tail) - 1)
        seen = exact(cell["tekun_yuan_month"]) or Fraction(0)
        tekun_now = max(up(multiple * z), seen)
        tekun_next = max(up(multiple * z_next), tekun_now)
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
        tekun_shared = min(tekun_now, up(multiple * m))
        tekun_shared_next = min(tekun_next, up(multiple * m_next))
        up_to_minimum = float(max(min(z_next, m_next) - z, 0) / rise) if rise else 0.0
        reckoned = 12 * entrants * float(rise) / 2 + extras + price_link
        rows.append(
            {
                "standard": float(z),
                "next_standard": float(z_next),
                "supplement": float(b),
                "persons": n,
                "entrants": entrants,
                "incumbent": 12 * n * float(rise),
                "supplement_floor": 12 * n * float(lift),
                "entrant": 12 * entrants * float(rise) / 2,
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
