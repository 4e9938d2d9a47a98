"""Stored notebooks: what nbval leaves out of its comparison is compared here, in the same run of the same kernel."""

import pytest
from nbval.plugin import IPyNbCell

from analysis.batch.notebook import cleaned


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Hold all that a notebook's cell shows to what is stored, to the byte.

    nbval skips pictures and cells that it is not told to compare. What is stored was made by an ordinary kernel
    (``tibiao accept``), what is run here by one forked from a warm process: they show the same.
    """
    done = yield
    if isinstance(item, IPyNbCell):
        now, stored = (_as_stored(outputs) for outputs in (item.test_outputs, item.cell.outputs))
        # Bytes of pictures side by side would tell nobody anything.
        if now != stored:
            pytest.fail("the cell shows something else than is stored: look at it, then 'tibiao accept'", pytrace=False)
    return done


def _as_stored(outputs):
    notebook = {"metadata": {}, "cells": [{"metadata": {}, "outputs": outputs}]}
    # nbval runs cells without counting them.
    return [{**output, "execution_count": None} for output in cleaned(notebook)["cells"][0]["outputs"]]
