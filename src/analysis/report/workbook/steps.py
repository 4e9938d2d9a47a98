"""Steps: what each step of the policy makes of the floors, one column of formulas a step (METHODS 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.model.uprating import Uprated
from analysis.report.workbook.assumptions import PARAMETER, Inputs
from analysis.report.workbook.costing import RESIDENCES, Costing
from analysis.report.workbook.formula import Formula, either, largest, of, on_grid, smallest
from analysis.report.workbook.sheet import Sheet

Cell = tuple[str, str]
Floors = dict[Cell, Formula]
NOW, FIRST_STEP, NEXT, RISE, RISE_SHARE, WAGE, NOTE = 2, 3, 10, 11, 12, 13, 14
USED = WAGE
# The first column in which every floor stands on its grid.
ROUNDED = FIRST_STEP + 5
FORECAST = "第1步为模型值（需预测消费、物价或收入），非公式 step 1 is the model's value: it needs a forecast"


@dataclass
class Steps:
    """The steps of one kind of floor, column by column.

    Attributes:
        sheet: where they are written.
        costing: whose policy they follow.
        inputs: the policy's parameters in their cells.
        rows: floor to its row.
        now: floors in force.
        wages: class to its minimum wage.
        supplement: whether these are supplement floors, which the rules about standards leave alone.
    """

    sheet: Sheet
    costing: Costing
    inputs: Inputs
    rows: dict[Cell, int]
    now: Floors
    wages: dict[str, Formula]
    supplement: bool
    _column: int = FIRST_STEP

    def _step(self, floors: Floors, applies: bool, each: Callable[[Cell], Formula]) -> Floors:
        """Write the next step's column; one that does not apply is hatched, and the floors go on as they are."""
        column, self._column = self._column, self._column + 1
        after = dict(floors)
        for cell, row in self.rows.items():
            content = each(cell) if applies else None
            kind = "unknown" if content is None else "formula"
            written = self.sheet.put(row, column, content, kind, self._style(column))
            after[cell] = written if content is not None else floors[cell]
        return after

    def _has_urban(self, cell: Cell) -> bool:
        return cell[1] == "rural" and (cell[0], "urban") in self.now

    def _unified(self, code: str) -> Formula | None:
        """Whether town and country have one floor now; None where the policy does not ask."""
        if self.supplement or not self.costing.scenario.policy.unified_stay_unified.on:
            return None
        return self.now[code, "urban"].equals(self.now[code, "rural"])

    def _unless_unified(self, code: str, urban: Formula, otherwise: Formula) -> Formula:
        unified = self._unified(code)
        return otherwise if unified is None else either(unified, urban, otherwise)

    def _held_at(self, code: str, rural: Formula, urban: Formula) -> Formula:
        """Keep a rural floor from passing the urban one, unless it has already."""
        reversed_already = self.now[code, "rural"].above(self.now[code, "urban"])
        return either(reversed_already, rural, smallest(rural, urban))

    def _least_rural(self, urban: Formula) -> Formula:
        return smallest(on_grid(self.inputs["rural_share_at_least"] * urban, self.inputs["grid_rural"]), urban)

    def raised(self, uprated: Uprated, unified: set[str]) -> Floors:
        """Write all steps, and return next year's floors."""
        policy, standards = self.costing.scenario.policy, not self.supplement
        first = self._rule(uprated, unified)
        caught = self._catch_up(first)
        floors = self._step(
            caught, True, lambda cell: self._rounded(cell, caught) if cell[1] == "urban" else caught[cell]
        )
        ordered: Floors = {}
        lower = dict(zip(self.costing.classes, self.costing.classes[1:], strict=False))

        def in_order(cell: Cell, before: Floors) -> Formula:
            code, side = cell
            below = lower.get(code, "")
            if (below, side) not in ordered:
                return before[cell]
            if side == "urban":
                return largest(before[cell], ordered[below, "urban"])
            # A unified class takes its urban value, which is in order.
            least = self._unless_unified(below, ordered[below, "urban"], ordered[below, "rural"])
            return self._unless_unified(code, before[cell], largest(before[cell], least))

        if standards and policy.class_order.on:
            floors = self._upward(floors, in_order, ordered)
        else:
            floors = self._step(floors, False, lambda cell: floors[cell])
        before_share = floors
        floors = self._step(
            floors, standards,
            lambda cell: largest(before_share[cell], self._least_rural(before_share[cell[0], "urban"]))
            if self._has_urban(cell) else before_share[cell],
        )  # fmt: skip
        before_rounding = floors
        floors = self._step(floors, True, lambda cell: self._round_rural(cell, before_rounding))
        capped: Floors = {}
        if standards and policy.ceiling.on:
            floors = self._upward(floors, lambda cell, before: self._capped(cell, before, capped, lower), capped)
        else:
            floors = self._step(floors, False, lambda cell: floors[cell])
        return self._ratchet(floors)

    def _upward(self, before: Floors, each: Callable[[Cell, Floors], Formula], after: Floors) -> Floors:
        """Write a step that looks at the lower class and at the urban floor, in the order in which it does so."""
        column, self._column = self._column, self._column + 1
        for cell in sorted(self.rows, key=lambda one: (one[1] != "urban", -self.costing.classes.index(one[0]))):
            after[cell] = self.sheet.put(self.rows[cell], column, each(cell, before), "formula", self._style(column))
        return dict(after)

    def _style(self, column: int) -> str:
        """Show cents until both residences are rounded; after that where the grid has them."""
        whole = all(float(self.inputs[f"grid_{side}"].value).is_integer() for side in RESIDENCES)
        return "yuan" if whole and column >= ROUNDED else "cents"

    def _rule(self, uprated: Uprated, unified: set[str]) -> Floors:
        policy = self.costing.scenario.policy
        model = uprated.steps[uprated.steps["step"] == 1].set_index(["area_code", "residence"])["after_yuan_month"]

        def risen(cell: Cell) -> Formula:
            # A unified class's rural supplement floor follows the urban rule.
            side = "urban" if self.supplement and cell[0] in unified else cell[1]
            rule, now = getattr(policy.rule, side), self.now[cell]
            if rule.kind in ("fixed", "base_chain"):
                return now * (1 + self.inputs[f"rise_share_{side}"])
            if rule.kind == "flat":
                return now + self.inputs[f"rise_yuan_month_{side}"]
            if rule.kind == "minimum_wage":
                return self.inputs[f"of_minimum_wage_share_{side}"] * self.wages[cell[0]]
            return now

        after: Floors = {}
        for cell, row in self.rows.items():
            side = "urban" if self.supplement and cell[0] in unified else cell[1]
            if getattr(policy.rule, side).kind in PARAMETER:
                after[cell] = self.sheet.put(row, self._column, risen(cell), "formula", "cents")
            else:
                after[cell] = self.sheet.put(row, self._column, float(model[cell]), "stored", "cents")
                self.sheet.put(row, NOTE, FORECAST, "wrapped", "text")
        self._column += 1
        return after

    def _catch_up(self, first: Floors) -> Floors:
        step, inputs = self.costing.scenario.policy.catch_up, self.inputs
        kind = step.kind if not self.supplement or step.kind == "differential" else "none"
        years = (inputs["target_year"] - inputs["base_year"]) if kind == "target" else of(1)

        def caught(cell: Cell) -> Formula:
            if not self._has_urban(cell):
                return first[cell]
            code = cell[0]
            urban, rural, now, urban_now = first[code, "urban"], first[cell], self.now[cell], self.now[code, "urban"]
            if kind == "differential":
                rural = now * (urban / urban_now + inputs["faster_by_share"])
            elif kind == "gap_share":
                rural = rural + inputs["close_gap_share"] * largest(urban - rural, 0)
            elif kind == "target":
                rural = now * (inputs["target_ratio"] / (now / urban_now)) ** (1 / years) * urban / urban_now
            held = self._held_at(code, rural, urban) if kind != "none" else rural
            return self._unless_unified(code, urban, held)

        return self._step(first, kind != "none" or not self.supplement, caught)

    def _rounded(self, cell: Cell, floors: Floors) -> Formula:
        policy = self.costing.scenario.policy
        mode = (policy.round_urban if cell[1] == "urban" else policy.round_rural).mode
        return on_grid(floors[cell], self.inputs[f"grid_{cell[1]}"], mode)

    def _round_rural(self, cell: Cell, floors: Floors) -> Formula:
        if cell[1] == "urban":
            return floors[cell]
        rounded = self._rounded(cell, floors)
        if not self._has_urban(cell):
            return rounded
        urban = floors[cell[0], "urban"]
        if not self.supplement:
            rounded = largest(rounded, self._least_rural(urban))
        return self._unless_unified(cell[0], urban, self._held_at(cell[0], rounded, urban))

    def _capped(self, cell: Cell, before: Floors, after: Floors, lower: dict[str, str]) -> Formula:
        code, side = cell
        if code not in self.wages:
            return before[cell]
        of_wage = smallest(self.inputs["ceiling_of_minimum_wage"], self.inputs["benefit_of_minimum_wage"])
        cap = on_grid(of_wage * self.wages[code], self.inputs[f"grid_{side}"], "down")
        stronger = []
        if self._has_urban(cell):
            stronger.append(self._least_rural(after[code, "urban"]))
        if self.costing.scenario.policy.class_order.on and (lower.get(code, ""), side) in after:
            stronger.append(after[lower[code], side])
        bound = largest(cap, *stronger) if stronger else cap
        held = either(before[cell].at_most(cap), before[cell], bound)
        return self._unless_unified(code, after[code, "urban"], held) if self._has_urban(cell) else held

    def _ratchet(self, floors: Floors) -> Floors:
        after: Floors = {}
        on = self.costing.scenario.policy.ratchet.on
        for cell in sorted(self.rows, key=lambda one: one[1] != "urban"):
            content = largest(floors[cell], self.now[cell]) if on else floors[cell]
            if on and self._has_urban(cell):
                urban = after[cell[0], "urban"]
                least = of(0) if self.supplement else self._least_rural(urban)
                # Where the ratchet holds an urban floor up, the rural one keeps its share of it.
                lifted = largest(content, self._unless_unified(cell[0], urban, least))
                content = either(urban.above(floors[cell[0], "urban"]), lifted, content)
            row = self.rows[cell]
            after[cell] = self.sheet.put(row, NEXT, content, "result", self._style(NEXT))
            self.sheet.put(row, RISE, after[cell] - self.now[cell], "formula", self._style(RISE))
            self.sheet.put(row, RISE_SHARE, after[cell] / self.now[cell] - 1, "formula", "percent2")
        return after
