"""Benchmark of the sweep: seconds and memory of two whole sweeps, and cells per CPU second beside OpenFisca-core.

Counties are synthetic (:mod:`counties`). A cell is one county and residence in one draw, one year and one combination.
The ratio sets whole beside whole. Ours counts the CPU seconds of the whole command with all its processes, from the start of
Python to the manifest: reading, checking, floors, rows and files. OpenFisca's counts what it does for a scenario, building
its population, setting inputs and calculating, and neither its start nor its reading. The other figures are parts: OpenFisca
with the population built before, and calculating alone; our steps alone, and those of counties that all differ, where none
are costed as one. Where the two do not come to the same extra cost the comparison is void, and fails.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np
import pandas as pd
import psutil
from counties import FEW, GRID, NAME, synthetic_home

from analysis.inputs.evidence import load
from analysis.inputs.rules import read_rules
from analysis.inputs.sweep import Combination, read_sweep
from analysis.model.pathway import Path as Road
from analysis.model.pathway import along, policy_floors
from analysis.model.pathway.draws import scaled_to
from analysis.model.pathway.floors import wide
from analysis.model.pathway.kept import Kept
from analysis.model.simulate import RESIDENCES, Case, prepare
from analysis.model.simulate.case import persons_next, tekun_next
from analysis.model.standards import FOLLOW_STEPS

HOME = Path(__file__).resolve().parents[1]
OPENFISCA = HOME / "benchmarks" / "openfisca"
WORKERS, SAMPLE_SECONDS, GIB = 2, 0.2, 2**30
PROVINCE = {"counties": 124, "draws": 10_000, "years": 5, "grid": GRID}
NATION = {"counties": 2800, "draws": 1000, "years": 10, "grid": FEW}
COMPARED_SCENARIOS, PILOT_DRAWS, BATCHES, TOLERANCE = 3, 1000, (100, 250, 500, 1000, 2000), 1e-6
# Names of the assumptions here and in country.py.
DRAWN = {
    "unobserved_moved": "moved", "unobserved_above_minimum": "above", "response_share": "response",
    "supplement_above_floor": "above_floor", "class1_supplement_growth": "class1_growth", "allocation_need": "need",
    "classified_share": "classified", "price_link_months_share": "price_link",
}  # fmt: skip
KNOWN = {
    "observed": "observed", "standard_yuan_month": "taken", "last_standard_yuan_month": "last", "minimum_then_yuan_month": "then",
    "last_floor_yuan_month": "last_floor", "own_floor_yuan_month": "own_floor", "tekun_yuan_month": "tekun_observed",
    "population_persons": "population",
}  # fmt: skip


class _Watched(threading.Thread):
    """The largest memory of a process and all below it, each shared page counted once in all, and their CPU seconds.

    Workers are children of a server that nobody waits for, so that the system adds their seconds up nowhere.
    """

    def __init__(self, process: subprocess.Popen):
        super().__init__(daemon=True)
        self.process, self.bytes = psutil.Process(process.pid), 0
        self.cpu: dict[int, float] = {}

    def run(self) -> None:
        while self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE:
            total = 0
            with contextlib.suppress(psutil.Error):
                for one in [self.process, *self.process.children(recursive=True)]:
                    with contextlib.suppress(psutil.Error):
                        times = one.cpu_times()
                        self.cpu[one.pid] = times.user + times.system
                        total += one.memory_full_info().pss
            self.bytes = max(self.bytes, total)
            time.sleep(SAMPLE_SECONDS)


def sweep_of(home: Path, out: Path) -> dict[str, float]:
    """Run the sweep of a home in a process of its own; return wall seconds, CPU seconds and peak GiB of all its processes."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, __file__, "--one", str(home), str(out)])  # noqa: S603
    watched = _Watched(process)
    watched.start()
    code = process.wait()
    seconds = time.perf_counter() - start
    watched.join()
    if code:
        raise RuntimeError(f"the sweep ended with {code}")
    return {"seconds": seconds, "cpu": sum(watched.cpu.values()), "gib": watched.bytes / GIB}


def whole_sweep(counties: int, draws: int, years: int, grid: dict[str, list], folder: Path) -> dict[str, float]:
    """Make synthetic counties and sweep them; return the figures of :func:`sweep_of` and the number of cells."""
    home = folder / f"home{counties}"
    home.mkdir()
    synthetic_home(HOME, home, counties, draws, years, grid)
    found = sweep_of(home, folder / f"out{counties}")
    combinations = int(np.prod([len(values) for values in grid.values()]))
    return found | {"cells": float(2 * counties * draws * years * combinations)}


def _one(home: Path, out: Path) -> None:
    from analysis.batch.sweep import run_sweep

    run_sweep(NAME, home, out, WORKERS, lambda line: print(f"  {line}", flush=True))


def openfisca_python() -> Path:
    """Return the Python that has OpenFisca, in an environment of its own, made from its lock where there is none."""
    folder = OPENFISCA / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / "ready").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603
        lock = str(OPENFISCA / "requirements.lock")
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock]
        subprocess.run([str(python), *install], check=True)  # noqa: S603
        (folder / "ready").touch()
    return python


def against_openfisca(home: Path, folder: Path) -> dict[str, float]:
    """Cost the same counties, draws, years and floors by OpenFisca; return cells per CPU second of each.

    Raises:
        RuntimeError: its extra cost, or what the upper tiers bear of it, is not ours.
    """
    file = read_sweep(NAME, home)
    draws, years = file.sweep.draws, file.sweep.years
    step = file.sweep.count // COMPARED_SCENARIOS
    chosen = [one for number, one in enumerate(file.combinations(home)) if number % step == 0][:COMPARED_SCENARIOS]
    ours = [_ours(home, one, draws, years) for one in chosen]
    inputs, asked = folder / "inputs.npz", folder / "asked.json"
    _write_inputs(ours, draws, years, inputs, asked)
    out = folder / "openfisca.npz"
    done = subprocess.run(  # noqa: S603
        [str(openfisca_python()), str(OPENFISCA / "country.py"), str(inputs), str(asked), str(out)],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    said = json.loads(done.stdout.splitlines()[-1])
    theirs = np.load(out, allow_pickle=False)
    apart = max(_apart(case, path, theirs, number) for number, (case, path) in enumerate(ours))
    if not apart <= TOLERANCE:
        raise RuntimeError(f"the comparison is void: OpenFisca's cost is {apart:.1e} from ours; allowed: {TOLERANCE}")
    cells = float(len(ours[0][0].cells) * draws * years * len(chosen))
    building, setting, calculating = said["cpu_seconds"]
    return {
        "openfisca_cells_per_cpu_s": cells / (building + setting + calculating),
        "openfisca_built_before_cells_per_cpu_s": cells / (setting + calculating),
        "openfisca_calculating_alone_cells_per_cpu_s": cells / calculating,
        "openfisca_draws_at_once": float(said["batch"]),
        "openfisca_cost_apart_share": apart,
        "sweep_steps_alone_cells_per_cpu_s": cells / _steps_seconds([case for case, _ in ours], ours, draws),
        "sweep_steps_alone_all_differ_cells_per_cpu_s": cells / _steps_seconds(map(_all_differ, ours), ours, draws),
    }


def _steps_seconds(cases: Iterable[Case], ours: list[tuple[Case, Road]], draws: int) -> float:
    """Return the CPU seconds of the model's steps alone, floors given, one combination after the other."""
    spent, kept = 0.0, Kept()
    for case, (_, path) in zip(cases, ours, strict=True):
        start = time.process_time()
        along(case, path.floors, draws=draws, kept=kept)
        spent += time.process_time() - start
    return spent


def _all_differ(one: tuple[Case, Road]) -> Case:
    """Return a case whose areas all differ, by less than a cent of a floor of their own, so that none are costed as one."""
    case, _ = one
    hair = pd.factorize(case.cells["area_code"])[0] * 1e-6
    return replace(case, cells=case.cells.assign(own_floor_yuan_month=100 + hair))


def _ours(home: Path, one: Combination, draws: int, years: int) -> tuple[Case, Road]:
    scenario = one.scenario
    evidence = load(scenario.dataset, scenario.as_of, home)
    case = prepare(evidence, scenario, read_rules(scenario.dataset, home))
    return case, along(case, policy_floors(evidence, case, years), draws=draws)


def _apart(case: Case, path: Road, theirs: dict[str, np.ndarray], number: int) -> float:
    """Return how far the two lie apart, as a share of ours: deciles of the extra by year, and the upper tiers' part."""
    extra, upper = theirs[f"extra_{number}"], theirs[f"upper_{number}"][:, 0]
    found = {f"extra_p{level}": np.quantile(extra, level / 100, axis=1) for level in (10, 50, 90)} | {
        "extra_upper": upper
    }
    return max(float(np.max(np.abs(values / path.money[name] - 1))) for name, values in found.items())


def _write_inputs(ours: list[tuple[Case, Road]], draws: int, years: int, inputs: Path, asked: Path) -> None:
    """Write what OpenFisca is given: the counties, the draws and the provincial counts of each scenario, and its floors."""
    case = ours[0][0]
    ahead = [case.scenario.base_year + step for step in range(1, years + 1)]
    arrays = {f"fixed_{name}": values for name, values in _counties(case).items()}
    drawn: dict[str, np.ndarray] = {}
    for number, (own, _) in enumerate(ours):
        central = {name: np.array([value]) for name, value in own.central().items()}
        for kind, settings in (("drawn", own.draw(draws)), ("central", central)):
            drawn = _drawn(own, settings, ahead)
            arrays |= {f"{kind}_{number}_{name}": values for name, values in drawn.items()}
    np.savez(inputs, **arrays)
    text = {
        "base_year": case.scenario.base_year,
        "years": years,
        "tekun_multiple": case.tekun_multiple,
        "batches": BATCHES,
        "pilot_draws": PILOT_DRAWS,
        "fixed": sorted(name.removeprefix("fixed_") for name in arrays if name.startswith("fixed_")),
        "drawn": sorted(drawn),
        "scenarios": [_dated(own, path) for own, path in ours],
    }
    asked.write_text(json.dumps(text), "utf-8")


def _counties(case: Case) -> dict[str, np.ndarray]:
    """Return what is known of each county, shape (counties,), town and country beside each other."""
    found: dict[str, np.ndarray] = {}
    for side in RESIDENCES:
        own = case.cells[case.cells["residence"] == side]
        found |= {f"{name}_{side}": own[column].to_numpy() for column, name in KNOWN.items()}
    consumption, shares = own["consumption_yuan_year"].to_numpy(), case.scenario.shares.shares
    upper = {number: 1 - float(shares[f"class_{number}"]["local"]) for number in set(own["area_class"])}
    return found | {
        "area_class": own["area_class"].astype(int).to_numpy(),
        "relative_need": consumption / consumption.mean(),
        "upper_share": own["area_class"].map(upper).to_numpy(float),
    }


def _drawn(case: Case, settings: Mapping[str, np.ndarray], years: list[int]) -> dict[str, np.ndarray]:
    """Return the draws of each assumption, shape (S,), and the provincial recipients, shape (years, S)."""
    found = {name: settings[own] for own, name in DRAWN.items()}
    found["follow_steps"] = np.rint(settings["follow_share"] * FOLLOW_STEPS).astype(np.int32)
    for side in RESIDENCES:
        for name, carried in (("dibao", persons_next), ("tekun", tekun_next)):
            last = case.counted[name, side]
            found[f"{name}_{side}"] = np.array(
                [carried(last, side, scaled_to(case, settings, year), year) for year in years]
            )
    return found


def _dated(case: Case, path: Road) -> dict[str, object]:
    """Return a scenario's floors as OpenFisca's dated parameters; 0 where a supplement floor is not known."""
    least = Fraction(case.scenario.policy.rural_share.at_least)
    tables = {
        "minimum": wide(path.floors),
        "supplement_floor": wide(path.floors, "supplement_floor_yuan_month").fillna(0),
    }
    parameters = {
        name: {
            side: {
                f"class_{number}": {
                    "values": {f"{year}-01-01": {"value": float(table.at[year, (code, side)])} for year in table.index}
                }
                for code, number in case.floors.classes.items()
            }
            for side in RESIDENCES
        }
        for name, table in tables.items()
    }
    return {"parameters": parameters, "least_share": [least.numerator, least.denominator]}


def figures() -> dict[str, float]:
    """Return the five figures of the sweep, and the parts that the ratio is made of."""
    with tempfile.TemporaryDirectory(prefix="tibiao-sweep-") as named:
        folder = Path(named)
        province = whole_sweep(**PROVINCE, folder=folder)
        fisca = against_openfisca(folder / f"home{PROVINCE['counties']}", folder)
        nation = whole_sweep(**NATION, folder=folder)
    ours = province["cells"] / province["cpu"]
    return {
        "sweep_ratio": ours / fisca["openfisca_cells_per_cpu_s"],
        "sweep_s": province["seconds"],
        "sweep_gib": province["gib"],
        "national_s": nation["seconds"],
        "national_gib": nation["gib"],
        "sweep_cells_per_cpu_s": ours,
        **fisca,
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        for name, value in figures().items():
            print(f"{name:48} {value:16.6g}")
