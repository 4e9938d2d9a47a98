"""The table of faults: which row passed, shown where the tests of faults alone are run (``make faults``)."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from cheap_batch import shared_warm_process

ROWS = Path(__file__).with_name("rows.csv")


def pytest_collection_finish(session):
    """Show the table where a person asked for the marked tests; as a plugin of its own it sees those of every folder."""
    if "fault" in session.config.getoption("markexpr").split():
        session.config.pluginmanager.register(Table(session))


class Table:
    """The verdict of every row: passed where some test carries its number, and every one that does has passed."""

    def __init__(self, session):
        self.session = session
        self.tests = defaultdict(list)
        self.ended = {}
        self.figures = []
        for item in session.items:
            for mark in item.iter_markers("fault"):
                for number in mark.args:
                    self.tests[number].append(item.nodeid)

    def verdict(self, number):
        """Return a row's verdict and the test that it comes from."""
        states = {self.ended.get(test, "not run"): test for test in self.tests[number]}
        for state in ("failed", "not run", "skipped", "passed"):
            if state in states:
                return state, states[state]
        return "no test", ""

    def pytest_runtest_logreport(self, report):
        """Keep how each test ended; an error before or after it is a failure."""
        if report.when == "call" or report.outcome != "passed":
            worse = self.ended.get(report.nodeid) == "failed"
            self.ended[report.nodeid] = "failed" if worse else report.outcome
        self.figures += [value for name, value in report.user_properties if name == "figure" and report.when == "call"]

    def pytest_sessionfinish(self):
        """Do not end well where a row was not shown to hold, whatever the reason."""
        if not self.session.exitstatus and any(self.verdict(number)[0] != "passed" for number, _ in rows()):
            self.session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter):
        """Print a line a row, what the load came to, and the count."""
        write = terminalreporter.write_line
        passed = 0
        write("")
        for number, fault in rows():
            verdict, test = self.verdict(number)
            passed += verdict == "passed"
            more = len(self.tests[number]) - 1
            shown = f"{test.removeprefix('tests/')}{f' and {more} more' if more > 0 else ''}"
            write(f"{number:>2}  {fault:<46.46}  {verdict:<7}  {shown}")
        for figure in self.figures:
            write(figure)
        write(f"{passed} of {len(rows())}")


def rows():
    """Return number and name of every row of the catalogue."""
    with ROWS.open(encoding="utf-8", newline="") as stream:
        return [(int(row["number"]), row["fault"]) for row in csv.DictReader(stream)]


@pytest.fixture(scope="package", autouse=True)
def _one_warm_process():
    with shared_warm_process():
        yield


@pytest.fixture
def figure(record_property):
    """Return a function that keeps a figure of the load for the end of the table."""
    return lambda text: record_property("figure", text)
