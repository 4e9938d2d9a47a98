import gc
import os
import shutil
import signal
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

import memo_results
from analysis.batch.kernels.process import SHARED, WarmProcess, can_fork
from analysis.batch.kernels.warm import COLLECT_AFTER
from analysis.inputs.evidence import load, vouch
from analysis.inputs.package import public_datasets
from analysis.inputs.rules import read_rules
from analysis.inputs.scenario import read_scenario
from analysis.model.simulate import simulate
from cheap_batch import cheap_home

settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    max_examples=60,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("nightly", parent=settings.get_profile("default"), derandomize=False, max_examples=2000)
# A change of the code is seen or it is not; nobody reads the example that showed it.
settings.register_profile(
    "mutation", parent=settings.get_profile("default"), max_examples=25, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

JUNE, DECEMBER = date(2024, 6, 30), date(2024, 12, 31)
WARM = pytest.StashKey[WarmProcess]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Let all workers of a test run share one warm process; that a command starts its own is seen where it is asked."""
    stash = node.config.stash
    if can_fork():
        if WARM not in stash:
            stash[WARM] = WarmProcess(home=node.config.rootpath)
        node.workerinput[SHARED] = stash[WARM].address


def pytest_unconfigure(config):
    """End the warm process of the whole run."""
    if WARM in config.stash:
        config.stash[WARM].close()


def pytest_configure(config):
    """Look for cycles as seldom as kernels do, which takes a fifteenth off the tests of the model; hear interrupts.

    Where a shell began the tests in its background interrupts were ignored, and so they were by all that tests start.
    """
    gc.set_threshold(*COLLECT_AFTER)
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if address := getattr(config, "workerinput", {}).get(SHARED):
        os.environ[SHARED] = address


def pytest_collection_modifyitems(items):
    """Put the files with slow tests first: workers that begin with the long ones end at about the same time."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def home():
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def _results_shared(tmp_path_factory):
    own = tmp_path_factory.getbasetemp()
    memo_results.shared = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@pytest.fixture(scope="session", autouse=True)
def _packages_checked_once(home):
    """Check the real packages whole once in each process; a copy that a test changed has other bytes and is checked."""
    for dataset in public_datasets(home):
        vouch(load(dataset, None, home), home)


@pytest.fixture(scope="session")
def evidence_june(home):
    return load("guangdong", JUNE, home)


@pytest.fixture(scope="session")
def evidence_december(home):
    return load("guangdong", DECEMBER, home)


@pytest.fixture(scope="session")
def rules(home):
    return read_rules("guangdong", home)


@pytest.fixture(scope="session")
def baseline(home):
    return read_scenario("baseline", home)


@pytest.fixture(scope="session")
def outcome_june(evidence_june, baseline, rules):
    return simulate(evidence_june, baseline, rules)


@pytest.fixture(scope="session")
def outcome_december(home, evidence_december, rules):
    return simulate(evidence_december, read_scenario("baseline", home, {"as_of": "2024-12-31"}), rules)


@pytest.fixture(scope="session")
def bare_home(home, tmp_path_factory):
    """Return a home with a batch that costs nothing; who changes something takes a copy."""
    return cheap_home(home, tmp_path_factory.mktemp("bare"))


@pytest.fixture
def own_home(bare_home, tmp_path, monkeypatch):
    """Return a home with the batch ``three`` that a test may change, and stand beside it."""
    own = shutil.copytree(bare_home, tmp_path / "home")
    monkeypatch.setenv("TIBIAO_HOME", str(own))
    monkeypatch.chdir(tmp_path)
    return own


@pytest.fixture
def copied_home(home, tmp_path):
    copy = tmp_path / "home"
    for folder in ("data", "params"):
        shutil.copytree(home / folder, copy / folder)
    return copy


@pytest.fixture(scope="session")
def debian():
    """Return a command of a Debian package; a test that needs a missing one is skipped by the package's name."""

    def command(name, package):
        found = shutil.which(name)
        if found is None and os.environ.get("TIBIAO_REQUIRE_ALL"):
            pytest.fail(f"{name} is missing: install the Debian package {package}")
        if found is None:
            pytest.skip(f"needs {name}: install the Debian package {package}")
        return found

    return command
