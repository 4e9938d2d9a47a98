"""Areas that are costed as one: town by town, country by country, each kind once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.model.simulate import RESIDENCES

# Columns that say who lives in an area, where a figure stands and what it is worth, and nothing of what is paid there.
_PEOPLE = {
    "area_code", "population_persons", "population_grade", "consumption_yuan_year", "part_of", "part", "urban_cell", "grade",
    "observed_year", "own_floor_year", "own_floor_grade",
}  # fmt: skip


class Alike:
    """Areas that differ in nothing but their people, so that one stands for all of them.

    Where a standard is not known it is taken at the minimum of the class, and districts of a city share the city's: what a
    recipient costs is then the same, and only the recipients differ. Their sum is exact but for the last digits.

    Attributes:
        places: residence to the positions of the cells that stand for others.
        all_places: residence to the positions of all its cells.
        town: of each rural cell kept, the place of its urban one among the urban cells kept; -1 where it has none.
    """

    def __init__(self, cells: pd.DataFrame, merge: bool = True):
        stands_for = _stand_for(cells) if merge else np.arange(len(cells))
        residence, urban_cell = cells["residence"].to_numpy(), cells["urban_cell"].to_numpy()
        self.places, self.all_places, self._grouped = {}, {}, {}
        for side in RESIDENCES:
            own = self.all_places[side] = np.flatnonzero(residence == side)
            order = np.argsort(stands_for[own], kind="stable")
            self.places[side], starts = np.unique(stands_for[own][order], return_index=True)
            self._grouped[side] = None if len(starts) == len(own) else (order, starts)
        among = np.full(len(cells) + 1, -1)
        among[self.places["urban"]] = np.arange(len(self.places["urban"]))
        self.town = among[urban_cell[self.places["rural"]]]

    def sums(self, values: np.ndarray, side: str) -> np.ndarray:
        """Sum over the areas that each one kept stands for: shape (S, cells of the side) to (S, kept)."""
        if self._grouped[side] is None:
            return values
        order, starts = self._grouped[side]
        return np.add.reduceat(values[:, order], starts, axis=1)

    def columns(self, cells: Mapping[str, np.ndarray], side: str) -> dict[str, np.ndarray]:
        """Return the columns of a side's cells that stand for others."""
        return {name: values[self.places[side]] for name, values in cells.items()}


def _stand_for(cells: pd.DataFrame) -> np.ndarray:
    """Return for each cell the position of the first area's that differs from its area in nothing but people."""
    kind = np.zeros(len(cells), np.int64)
    # The floors to come are those of the class, whatever they are.
    for name in sorted(name for name in set(cells) - _PEOPLE if not name.startswith("next_")):
        codes, values = pd.factorize(cells[name].to_numpy(), use_na_sentinel=False)
        kind = pd.factorize(kind * (len(values) + 1) + codes)[0]
    of_area: dict[str, list[int]] = {}
    for place, code in enumerate(cells["area_code"]):
        of_area.setdefault(code, []).append(place)
    first: dict[tuple[int, ...], list[int]] = {}
    stands_for = np.empty(len(cells), np.int64)
    for places in of_area.values():
        stands_for[places] = first.setdefault(tuple(kind[places]), places)
    return stands_for
