"""Benchmark: CPU seconds of the model behind notebook 30_next_year, and wall seconds of the road, by one thread.

A machine's seconds say little of another machine; the ratios compare figures of one and the same run.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from road import road_figures

from analysis.inputs.evidence import load
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import read_scenario
from analysis.model import sensitivity
from analysis.model.pathway.borne import cost_of_rises
from analysis.model.sensitivity.alternatives import allocations, responses
from analysis.model.sensitivity.rows import whole_result
from analysis.model.simulate import prepare, simulate

HOME = Path(__file__).resolve().parents[1]
DRAWS, FEW_DRAWS, LOOP_DRAWS, RUNS = 5000, 500, 50, 5


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the median CPU seconds of five runs, after one that warms what is loaded on first use."""
    work()
    spent = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def measure() -> dict[str, float]:
    """Return CPU seconds (``*_cpu_s``) and ratios (``*_ratio``) by name."""
    scenario = read_scenario("baseline", HOME).model_copy(update={"draws": DRAWS})
    fewer = scenario.model_copy(update={"draws": FEW_DRAWS})
    evidence, rules = load(scenario.dataset, scenario.as_of, HOME), read_rules(scenario.dataset, HOME)
    outcome = simulate(evidence, scenario, rules)
    case = outcome.case
    shown = {
        "simulate": lambda: simulate(evidence, scenario, rules),
        "tornado": lambda: sensitivity.tornado(case),
        "sobol": lambda: sensitivity.sobol(case),
        "widths": lambda: sensitivity.widths(outcome),
        "cost_of_rises": lambda: cost_of_rises(case),
        "responses": lambda: responses(outcome),
        "allocations": lambda: allocations(outcome, evidence),
    }
    found = {f"{name}_cpu_s": cpu_seconds(work) for name, work in shown.items()}
    found["notebook_30_model_cpu_s"] = sum(found.values())
    found["prepare_cpu_s"] = cpu_seconds(lambda: prepare(evidence, scenario, rules))
    found["whole_result_cpu_s"] = cpu_seconds(lambda: whole_result(evidence, scenario, outcome, rules))
    found["simulate_500_draws_cpu_s"] = cpu_seconds(lambda: simulate(evidence, fewer, rules))

    def one_by_one() -> None:
        for row in range(LOOP_DRAWS):
            case.evaluate({name: values[row : row + 1] for name, values in outcome.drawn.items()})

    found["draws_at_once_cpu_s"] = cpu_seconds(lambda: case.evaluate(outcome.drawn))
    found["python_loop_over_draws_scaled_cpu_s"] = cpu_seconds(one_by_one) * DRAWS / LOOP_DRAWS
    found["python_loop_scaled_over_at_once_ratio"] = (
        found["python_loop_over_draws_scaled_cpu_s"] / found["draws_at_once_cpu_s"]
    )
    found["simulate_5000_over_500_draws_ratio"] = found["simulate_cpu_s"] / found["simulate_500_draws_cpu_s"]
    return found | road_figures(evidence, case)
