"""Charts that move: axes and labels are drawn once, and of each position only what changes.

A whole chart takes a tenth of a second and more to draw, most of it for what stands still. The scale of money therefore
changes by steps, so that a move is seen as a move; each scale's standing part is kept.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.report import style
from analysis.report.charts.exceedance import CHANCES
from analysis.report.charts.frame import class_codes, plan_years
from analysis.report.charts.money import large, large_unit
from analysis.report.facts import Facts, money
from analysis.report.rounding import fixed, percent
from analysis.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE_INCHES, DPI, BOX = (3.7, 2.5), 120, (0.17, 0.155, 0.80, 0.71)
# Ends of the scale of money, million yuan; one that is reached by nine tenths gives way to the next.
SCALES = (150, 300, 600, 1000, 1500, 2500, 4000, 6000, 10_000, 20_000, 50_000)
MONTHS = range(1, 13)
NAMES = ("floors", "chance", "months")


@dataclass
class Canvas:
    """One chart's paper: standing parts by scale, and the pixels of what was drawn last.

    Attributes:
        stand: draws what stands still at a scale, on axes that are empty.
        kept: scale to its axes and pixels.
    """

    stand: Callable[[Axes, float], None]
    kept: dict[float, tuple[Figure, Axes, Any]] = field(default_factory=dict)

    def drawn(self, scale: float, move: Callable[[Axes], list[Any]]) -> bytes:
        """Return a PNG of the standing part with what ``move`` draws on it."""
        import matplotlib as mpl

        with mpl.rc_context(style.settings()):
            drawing, axes, paper = self.kept.get(scale) or self._standing(scale)
            canvas = drawing.canvas
            canvas.restore_region(paper)
            artists = move(axes)
            for one in artists:
                one.draw(canvas.get_renderer())
            for one in artists:
                one.remove()
        return _png(canvas)

    def _standing(self, scale: float) -> tuple[Figure, Axes, Any]:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        drawing = Figure(figsize=SIZE_INCHES, dpi=DPI)
        canvas = FigureCanvasAgg(drawing)
        axes = drawing.add_axes(BOX)
        self.stand(axes, scale)
        canvas.draw()
        self.kept[scale] = drawing, axes, canvas.copy_from_bbox(drawing.bbox)
        return self.kept[scale]


def _png(canvas: Any) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    picture = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    picture.convert("RGB").save(
        buffer, "PNG", compress_level=1
    )  # a smaller file takes longer than to send a larger one
    return buffer.getvalue()


class Moving:
    """The three charts of the explore page: floors, chance that an amount is exceeded, months.

    Attributes:
        wording: words of the language.
        floor_ends: least and largest floor that any position of the levers gives, yuan/person/month.
    """

    def __init__(self, facts: Facts, wording: Wording, floor_ends: tuple[float, float]):
        self.wording, self.floor_ends = wording, floor_ends
        self.base, self.following = plan_years(facts)
        self.codes = class_codes(facts)
        self._now = _floors(facts, self.codes, self.base)
        self._papers = {
            "floors": Canvas(self._stand_floors),
            "chance": Canvas(self._stand_chance),
            "months": Canvas(self._stand_months),
        }
        self._last: dict[str, tuple[Any, bytes]] = {}

    def draw(self, facts: Facts, envelope_yuan: float | None) -> dict[str, bytes]:
        """Return the three charts as PNG, by name; one whose numbers are those of the last call is not drawn again.

        Args:
            facts: of the scenario as the levers stand.
            envelope_yuan: what next year's extra cost may come to; None draws none.
        """
        asked = {
            "floors": (_floors(facts, self.codes, self.following), self._floors),
            "chance": (self._chance_numbers(facts, envelope_yuan), self._chance),
            "months": (self._month_numbers(facts), self._months),
        }
        for name, (numbers, draw) in asked.items():
            if name not in self._last or self._last[name][0] != numbers:
                self._last[name] = numbers, draw(self._papers[name], numbers)
        return {name: self._last[name][1] for name in NAMES}

    def _stand_floors(self, axes: Axes, _scale: float) -> None:
        low, high = self.floor_ends
        room = high - low
        axes.set_xlim(low - 0.13 * room, high + 0.1 * room)
        axes.set_ylim(-0.6, len(self.codes) - 0.4)
        axes.set_yticks(range(len(self.codes)), [self.wording.area(code) for code in reversed(self.codes)])
        axes.tick_params(axis="y", length=0)
        for place, code in enumerate(reversed(self.codes)):
            self._marks(axes, place + 0.17, *self._now[code], 0.4)
        self._below(
            axes,
            f"{self.wording.unit_month}；淡：{self.base}年，深：{self.following}年",
            f"{self.wording.unit_month.capitalize()}; pale: {self.base}, full: {self.following}",
        )

    def _marks(self, axes: Axes, height: float, urban: float, rural: float, alpha: float) -> list[Any]:
        """Draw one class's two floors, or their one."""
        look = {"alpha": alpha, "markersize": 5, "linestyle": "none"}
        if urban == rural:
            return axes.plot([urban], [height], style.MARKERS["unified"], color=style.UNIFIED, **look)
        line = axes.plot([rural, urban], [height, height], color=style.QUIET, linewidth=0.8, alpha=alpha)
        return [
            *line,
            *axes.plot([rural], [height], style.MARKERS["rural"], color=style.RURAL, **look),
            *axes.plot([urban], [height], style.MARKERS["urban"], color=style.URBAN, **look),
        ]

    def _floors(self, paper: Canvas, floors: dict[str, tuple[float, float]]) -> bytes:
        gap = max(urban - rural for urban, rural in floors.values())
        last = floors[self.codes[-1]]
        title = self.wording.pick(
            f"最低标准：{self.wording.area(self.codes[-1])}农村为城镇的{percent(last[1] / last[0], 1)}，差额最大{fixed(gap)}元",
            f"Minima: rural {percent(last[1] / last[0], 1)} of urban in {self.wording.area(self.codes[-1]).lower()}; widest gap {fixed(gap)}",
        )

        def move(axes: Axes) -> list[Any]:
            artists = [_title(axes, title)]
            for place, code in enumerate(reversed(self.codes)):
                urban, rural = floors[code]
                artists += self._marks(axes, place - 0.17, urban, rural, 1.0)
                artists.append(_beside(axes, fixed(urban), urban, place - 0.17, 6))
                if rural != urban:
                    artists.append(_beside(axes, fixed(rural), rural, place - 0.17, -6))
            return artists

        return paper.drawn(0.0, move)

    def _chance_numbers(self, facts: Facts, envelope_yuan: float | None) -> dict[str, Any]:
        where = {"year": self.following, "area_code": self.wording.whole, "programme": ""}
        central = facts.value("extra_cost", **where)
        return {
            "curve": [facts.value(f"extra_cost_exceeded_with_chance_{one:02d}", **where) for one in CHANCES],
            "central": central,
            "room": facts.value("capacity", **where) - (facts.value("spending", **where) - central),
            "enough": facts.value("envelope_for_90_percent", **where),
            "envelope": envelope_yuan,
        }

    def _stand_chance(self, axes: Axes, scale: float) -> None:
        axes.set_xlim(0, scale)
        axes.set_ylim(0, 138)  # above the curve there is room for the names of the amounts
        axes.set_yticks([0, 10, 50, 90], ["0%", "10%", "50%", "90%"])
        axes.grid(axis="y", color=style.UNKNOWN, linewidth=0.5)
        axes.locator_params(axis="x", nbins=5)
        axes.xaxis.set_major_formatter(lambda value, _: large(value, self.wording))
        unit = large_unit(self.wording)
        self._below(
            axes, f"{unit}；纵轴：模拟结果中超过它的比例", f"{unit.capitalize()}; up: share of simulated cases above it"
        )

    def _chance(self, paper: Canvas, numbers: dict[str, Any]) -> bytes:
        say, lang = self.wording.pick, self.wording.lang
        curve, envelope = numbers["curve"], numbers["envelope"]
        title = say("十次有九次够用：", "Enough in nine simulated cases of ten: ") + "".join(
            money(numbers["enough"], lang)
        )
        if envelope is not None:
            enough = max(
                (100 - chance for chance, value in zip(CHANCES, curve, strict=True) if value <= envelope), default=0
            )
            over = "".join(money(envelope, lang))
            if enough:
                title = say(
                    f"安排{over}，至少{enough}%的模拟结果够用",
                    f"{over} is enough in {enough}% of the simulated cases at least",
                )
            else:
                title = say(
                    f"安排{over}，够用的模拟结果不到5%", f"{over} is enough in fewer than 5% of the simulated cases"
                )
        marks = [("central", "-", style.INK, say("基准测算值", "best estimate"), 131)]
        marks.append(("room", "--", style.NEXT, say("预算增长可容", "budget leaves"), 119))
        marks.append(("envelope", "-.", style.RURAL, say("可安排", "envelope"), 107))
        shown = [mark for mark in marks if numbers[mark[0]] is not None and numbers[mark[0]] > 0]
        scale = _scale(max([*curve, *(numbers[mark[0]] for mark in shown), 1.0]))

        def move(axes: Axes) -> list[Any]:
            artists = [_title(axes, title)]
            artists += axes.plot(curve, CHANCES, "-o", color=style.URBAN, markersize=2.6)
            for name, dash, colour, _, height in shown:
                value = numbers[name]
                artists += axes.plot([value, value], [0, height], dash, color=colour, linewidth=1)
            for name, _, colour, label, height in shown:  # over the lines, which may cross the names of others
                text = f"{label} {large(numbers[name], self.wording)}"
                away = 3 if numbers[name] < 0.55 * scale else -3
                artists.append(_beside(axes, text, numbers[name], height, away, colour))
            return artists

        return paper.drawn(scale, move)

    def _month_numbers(self, facts: Facts) -> dict[str, Any]:
        where = {"year": self.following, "component": "arrears"}
        said = {name: facts.value(name, **where) for name in ("notice_month", "pay_month", "arrears", "buffer_needed")}
        due = [facts.value("calendar_due", period=f"M{month:02d}", **where) for month in MONTHS]
        paid = [facts.value("calendar_paid", period=f"M{month:02d}", **where) for month in MONTHS]
        late, owed = [], 0.0
        for month in range(len(due)):
            owed += due[month] - paid[month]
            late.append(max(owed, 0.0))
        return said | {"late": late}

    def _stand_months(self, axes: Axes, scale: float) -> None:
        axes.set_ylim(0, scale)
        axes.set_xlim(0.4, 12.6)
        axes.set_xticks(list(MONTHS))
        axes.locator_params(axis="y", nbins=4)
        axes.yaxis.set_major_formatter(lambda value, _: large(value, self.wording))
        unit = large_unit(self.wording)
        self._below(
            axes,
            f"{unit}；{self.following}年各月末应付未付",
            f"{unit.capitalize()}; owed at the end of each month of {self.following}",
        )

    def _months(self, paper: Canvas, numbers: dict[str, Any]) -> bytes:
        say, lang, late = self.wording.pick, self.wording.lang, numbers["late"]
        owed, buffer = ("".join(money(numbers[name], lang)) for name in ("arrears", "buffer_needed"))
        title = say("按时足额发放，没有补发", "Paid in full and on time: no arrears")
        if numbers["arrears"]:
            title = say(f"补发{owed}，须备周转资金{buffer}", f"{owed} paid late; buffer needed: {buffer}")
        scale = _scale(max([*late, 1.0]))

        def move(axes: Axes) -> list[Any]:
            artists = [_title(axes, title)]
            artists += axes.bar(MONTHS, late, width=0.7, color=style.RURAL) if any(late) else []
            for name, label, height in (
                ("notice_month", say("通知", "notice"), 0.97),
                ("pay_month", say("首发", "first pay"), 0.87),
            ):
                at = numbers[name]
                artists += axes.plot([at, at], [0, height * scale], ":", color=style.INK, linewidth=0.9)
                artists.append(_beside(axes, label, at, height * scale, 3 if at < 9 else -3))
            return artists

        return paper.drawn(scale, move)

    def _below(self, axes: Axes, zh: str, en: str) -> None:
        axes.figure.text(0.02, 0.015, self.wording.pick(zh, en), fontsize=6, color=style.QUIET, va="bottom")


def _floors(facts: Facts, codes: list[str], year: int) -> dict[str, tuple[float, float]]:
    """Return each class's urban and rural floor of a year."""
    return {
        code: (
            facts.value("minimum_standard", area_code=code, residence="urban", year=year),
            facts.value("minimum_standard", area_code=code, residence="rural", year=year),
        )
        for code in codes
    }


def _scale(largest_yuan: float) -> float:
    """Return the end of the scale of money, yuan."""
    return next((end * 1e6 for end in SCALES if largest_yuan <= 0.9 * end * 1e6), 1.2 * largest_yuan)


def _title(axes: Axes, text: str) -> Any:
    return axes.figure.text(0.02, 0.975, text, va="top", fontsize=style.SIZES["title"], color=style.INK)


def _beside(axes: Axes, text: str, at: float, height: float, away: float, colour: str = style.INK) -> Any:
    """Write on the right of a place, or on its left where ``away`` is negative, points."""
    place = {"xytext": (away, 0), "textcoords": "offset points", "va": "center", "ha": "left" if away > 0 else "right"}
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
    return axes.annotate(text, (at, height), fontsize=6.4, color=colour, bbox=box, **place)
