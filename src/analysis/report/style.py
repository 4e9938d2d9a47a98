"""One look for every chart: font, colours, sizes, and bytes that do not change from run to run."""

from __future__ import annotations

import functools
import io
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.errors import InfrastructureFailed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colours, told apart by the colour-blind and, with the marker shapes, in grey.
URBAN, RURAL, UNIFIED, NEXT, UNKNOWN, INK, QUIET = (
    "#0072B2",
    "#D55E00",
    "#595959",
    "#009E73",
    "#D9D9D9",
    "#1A1A1A",
    "#6B6B6B",
)
MARKERS = {"urban": "o", "rural": "s", "unified": "D"}
WIDTH_INCHES, DPI = 3.5, 200
SIZES = {"title": 8.2, "label": 7.0, "tick": 6.5, "foot": 5.4}


@dataclass(frozen=True)
class Chart:
    """A figure, the data it shows, and a sentence for those who cannot see it.

    Attributes:
        name: file name without ending.
        figure: the drawing.
        data: every number drawn, each with its key in the results.
        alt: alternative text.
    """

    name: str
    figure: Figure
    data: pd.DataFrame
    alt: str

    @functools.cached_property
    def _png(self) -> bytes:
        return _saved(self.figure, "png")

    def png(self) -> bytes:
        """Return the drawing as PNG; the same bytes for the same data."""
        return self._png

    def svg(self) -> bytes:
        """Return the drawing as SVG; the same bytes for the same data."""
        return _saved(self.figure, "svg")

    def _repr_png_(self) -> bytes:
        return self.png()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return {"image/png": self.png(), "text/plain": self.alt}


def font_path() -> Path:
    """Return the bundled Chinese font (Noto Sans SC, OFL), found without importing the package that brings it.

    Raises:
        InfrastructureFailed: the package is not installed.
    """
    try:
        path = Path(str(metadata.distribution("zhplot").locate_file("zhplot/fonts/NotoSansSC-Regular.ttf")))
    except metadata.PackageNotFoundError as error:
        raise InfrastructureFailed(
            "the Chinese font is missing: run 'make test' again, or install the package zhplot"
        ) from error
    if not path.is_file():
        raise InfrastructureFailed(f"the Chinese font is missing: {path.name}; reinstall the package zhplot")
    return path


@functools.cache
def _font_family() -> str:
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(font_path()))
    return font_manager.FontProperties(fname=str(font_path())).get_name()


def settings() -> dict[str, object]:
    """Return the matplotlib settings of every chart."""
    return {
        "font.family": [_font_family()],
        "font.size": SIZES["label"],
        "axes.unicode_minus": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": QUIET,
        "axes.linewidth": 0.6,
        "xtick.labelsize": SIZES["tick"],
        "ytick.labelsize": SIZES["tick"],
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "text.parse_math": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "tibiao",
        "lines.linewidth": 1.4,
    }


def styled(chart: Callable[..., Chart]) -> Callable[..., Chart]:
    """Draw a chart under the one style, wherever the caller's own settings stand."""

    @functools.wraps(chart)
    def drawn(*args: object, **kwargs: object) -> Chart:
        import matplotlib as mpl

        with mpl.rc_context(settings()):
            return chart(*args, **kwargs)

    return drawn


def figure(height_inches: float, title: str, foot: str, lang: str) -> tuple[Figure, Axes]:
    """Return an empty chart of the one width with a finding as its title and a foot.

    Args:
        height_inches: the whole height.
        title: what the chart shows, one sentence with its number.
        foot: unit, source, grade, and the assumptions that move it most.
        lang: ``zh`` wraps by character, ``en`` by word.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(WIDTH_INCHES, height_inches), dpi=DPI)
    FigureCanvasAgg(drawing)
    title_lines, foot_lines = wrapped(title, lang, 27.5), wrapped(foot, lang, 43.0)
    top = 1 - (0.16 * len(title_lines) + 0.08) / height_inches
    bottom = (0.107 * len(foot_lines) + 0.30) / height_inches
    axes = drawing.add_axes((0.12, bottom, 0.84, top - bottom))
    drawing.text(
        0.02, 0.985, "\n".join(title_lines), ha="left", va="top", fontsize=SIZES["title"], color=INK, linespacing=1.25
    )
    drawing.text(
        0.02, 0.012, "\n".join(foot_lines), ha="left", va="bottom", fontsize=SIZES["foot"], color=QUIET, linespacing=1.2
    )
    return drawing, axes


@styled
def left_out(name: str, reason: str, lang: str) -> Chart:
    """Return a chart that shows nothing and says why: what it needs is not held."""
    drawing, axes = figure(1.1, reason, "", lang)
    axes.set_axis_off()
    return Chart(f"{name}.{lang}", drawing, pd.DataFrame(columns=["key", "measure", "value"]), reason)


def wrapped(text: str, lang: str, characters: float) -> list[str]:
    """Break a text into lines: Chinese by full-width characters but never inside a number or word, English by words."""
    if lang == "en":
        wide = sum(not character.isascii() for character in text)
        return textwrap.wrap(text, int(characters * 2.2) - wide)
    lines, line, width = [], "", 0.0
    for piece in re.findall(r"[!-~–]+|.", text):
        size = len(piece) * (0.55 if piece[0].isascii() else 1.0)
        if width + size > characters and piece not in "，。；：、）”":
            lines.append(line)
            line, width = "", 0.0
        line, width = line + piece, width + size
    return [*lines, line]


def _saved(drawing: Figure, kind: str) -> bytes:
    import matplotlib as mpl

    buffer = io.BytesIO()
    # A picture is packed once, at its end.
    own = (
        {"metadata": {"Software": None}, "pil_kwargs": {"compress_level": 0}}
        if kind == "png"
        else {"metadata": {"Date": None, "Creator": None}}
    )
    with mpl.rc_context(settings()):
        drawing.savefig(buffer, format=kind, dpi=DPI, **own)
    return _opaque(buffer) if kind == "png" else buffer.getvalue()


def _opaque(png: io.BytesIO) -> bytes:
    """Return a picture without the channel that says every point is opaque: a tenth smaller, and the same to the eye."""
    import zlib

    from PIL import Image

    buffer = io.BytesIO()
    with Image.open(png) as picture:
        # Pillow packs for photographs; lines and areas of one colour are an eighth smaller packed plainly.
        picture.convert("RGB").save(buffer, "PNG", dpi=picture.info["dpi"], compress_type=zlib.Z_DEFAULT_STRATEGY)
    return buffer.getvalue()
