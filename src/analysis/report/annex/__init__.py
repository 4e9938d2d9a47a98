"""The annex of a provincial notice: next year's floors, and who must move, as a Word document and as a workbook.

In Chinese alone: it has the form of a Chinese notice. Every number is a result, whose key the workbook lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import ScenarioFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.inputs.rules import Rule
    from analysis.report.facts import Facts
    from analysis.report.wording import Wording


def annex(facts: Facts, wording: Wording, context: Mapping[str, str], rules: Sequence[Rule] = ()) -> dict[str, bytes]:
    """Return the annex by ending, ``docx`` and ``xlsx``; the same bytes for the same results.

    Args:
        facts: of the proposed scenario, in Chinese, not marked.
        wording: Chinese words, and the areas with their classes.
        context: ``scenario`` (its title), ``as_of`` and ``minima`` (the documents of the minima in force), as of the memo.
        rules: the package's dated rules; the documents of the linked standards are taken from them.

    Raises:
        ScenarioFailed: the results hold no minima of the year that is planned.
    """
    from analysis.report.annex.document import document
    from analysis.report.annex.sheets import floors, movers
    from analysis.report.annex.workbook import workbook

    if not facts.own("minimum_standard"):
        raise ScenarioFailed(
            "results hold no minimum_standard of the scenario: there is no notice to annex anything to"
        )
    annexes = [floors(facts, wording, context, rules), movers(facts, wording)]
    return {"docx": document(annexes), "xlsx": workbook(annexes)}
