"""Word documents: the memo from its marked markdown, by pandoc and a reference document made by code."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.report.style import Chart

FILTER = Path(__file__).parents[1] / "templates" / "docx.lua"
# A name may hold a dollar sign, an angle bracket or an at sign: it is text, neither TeX, HTML nor a citation.
READ = "markdown-smart-tex_math_dollars-raw_html-raw_tex-raw_attribute-native_divs-native_spans-citations"


def docx(markdown: str, figures: dict[str, Chart], lang: str) -> bytes:
    """Turn marked markdown into a Word document with real styles; the same bytes for the same page.

    The one head of level 1, first, is the title; those of level 2 and 3 become Heading 1 and 2. Divisions ``.note``, ``.box``
    and ``.keys`` keep their look, others are set as text. The pictures of a division ``.figures`` stand one under another,
    each over its own caption, a ``.plate`` of the division's line of captions.

    Args:
        markdown: as from :func:`analysis.report.memo.written`.
        figures: by the name they have in the markdown.
        lang: zh or en.

    Raises:
        RuntimeError: the markdown names a picture that is not in ``figures``.
    """
    import pypandoc

    from analysis.report.docx.finish import finished
    from analysis.report.docx.layout import blank, packed

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, chart in figures.items():
            (folder / f"{name}.png").write_bytes(chart.png())
        (folder / "reference.docx").write_bytes(packed(blank(lang), "", lang))
        made = folder / "made.docx"
        pypandoc.convert_text(
            markdown, "docx", format=READ, outputfile=str(made),
            extra_args=[
                f"--reference-doc={folder / 'reference.docx'}", f"--lua-filter={FILTER}", f"--resource-path={folder}",
                "--shift-heading-level-by=-1", "--columns=100000", "--syntax-highlighting=none", "--fail-if-warnings",
            ],
        )  # fmt: skip
        document = finished(io.BytesIO(made.read_bytes()))
    return packed(document, document.core_properties.title, lang)
