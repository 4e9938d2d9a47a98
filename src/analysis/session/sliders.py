"""Sliders: the explore page as widgets; what they show and keep is computed in :mod:`analysis.session.explore`."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from analysis.errors import Refusal
from analysis.inputs.scenario import names, read_scenario
from analysis.report.charts.moving import NAMES
from analysis.session.explore import Explorer
from analysis.session.levers import LABELS, Moves, label_of

if TYPE_CHECKING:
    from analysis.session.run import Run

VIEW = "application/vnd.jupyter.widget-view+json"
MENUS = ("notice_month",)
WIDE = {"width": "46%", "min_width": "22em"}


class Explore:
    """The page: a menu of scenarios, a lever each, the four sentences, three charts, and a place to keep a position.

    Where a run writes results nobody sits at it, and it is one line that says where sliders are.

    Attributes:
        explorer: of the scenario that is chosen in the menu.
        levers: name to its slider or menu.
        box: everything, as one widget.
    """

    def __init__(self, run: Run):
        self.run = run
        self.box: widgets.VBox | None = None
        if run.out_dir is None:
            self._build()

    def _build(self) -> None:
        self.explorer = Explorer(self.run)
        say = self.run.wording.pick
        # English names of levers are longer.
        self._look_of = {"style": {"description_width": say("9em", "13em")}, "layout": WIDE}
        self._sentences = widgets.HTML()
        self._pictures = {
            name: widgets.Image(format="png", layout={"width": "33%", "object_fit": "contain"}) for name in NAMES
        }
        self._base = widgets.Dropdown(
            options=self._scenarios(),
            value=self.run.scenario.id,
            description=say("从此方案出发", "Start from"),
            **self._look_of,
        )
        self.levers = {name: self._lever(name) for name in LABELS}
        self._name = widgets.Text(
            placeholder=say("方案名：小写字母、数字", "name: lower-case letters, digits"),
            description=say("保存为", "Keep as"),
            **self._look_of,
        )
        self._keep = widgets.Button(description=say("保存这一方案", "Keep this"), button_style="primary")
        self._said = widgets.HTML()
        self._base.observe(self._started_from, "value")
        for lever in self.levers.values():
            lever.observe(self._moved, "value")
        self._keep.on_click(self._kept)
        rows = widgets.Box([self._base, *self.levers.values()], layout={"flex_flow": "row wrap"})
        charts = widgets.HBox(list(self._pictures.values()))
        keep = widgets.Box([self._name, self._keep], layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([rows, self._sentences, charts, keep, self._said])
        self._look()

    def _scenarios(self) -> list[tuple[str, str]]:
        """Return title and id of every scenario on this package; the run's own first, with its overrides."""
        own = self.run.scenario
        stored = [read_scenario(name, self.run.home) for name in names("scenarios", self.run.home) if name != own.id]
        lang = self.run.lang
        return [
            (f"{one.title.in_language(lang)} ({one.id})", one.id)
            for one in (own, *stored)
            if one.dataset == own.dataset
        ]

    def _lever(self, name: str) -> Any:
        make = widgets.Dropdown if name in MENUS else widgets.SelectionSlider
        labels, index = self._options(name)
        said = self.run.wording.pick(*LABELS[name])
        return make(options=labels, index=index, description=said, **self._look_of)

    def _options(self, name: str) -> tuple[list[str], int]:
        """Return what a lever's positions are called, and which it stands at before it is moved."""
        values = self.explorer.positions[name]
        return [label_of(name, value, self.run.lang) for value in values], values.index(
            getattr(self.explorer.start, name)
        )

    @property
    def moves(self) -> Moves:
        """Where the levers stand."""
        return Moves(**{name: self.explorer.positions[name][lever.index] for name, lever in self.levers.items()})

    def _moved(self, _change: Any) -> None:
        self._look()

    def _look(self) -> None:
        """Show what the position comes to: the charts first, the sentences last, which say by their mark that all is there."""
        try:
            view = self.explorer.at(self.moves)
        except Refusal as refused:
            self._said.value = _spoken(str(refused))
            return
        for name, picture in self._pictures.items():
            picture.value = view.charts[name]
        self._said.value = ""
        stand = " ".join(f"{name}={value}" for name, value in vars(self.moves).items())
        self._sentences.value = f'<div data-stand="{html.escape(stand)}">{view.sentences_html()}</div>'

    def _started_from(self, change: Any) -> None:
        own = self.run.scenario
        try:
            chosen = own if change["new"] == own.id else read_scenario(change["new"], self.run.home)
            self.explorer = Explorer(self.run, chosen)
        except Refusal as refused:
            self._base.unobserve(self._started_from, "value")
            self._base.value = change["old"]
            self._base.observe(self._started_from, "value")
            self._said.value = _spoken(str(refused))
            return
        for name, lever in self.levers.items():
            lever.unobserve(self._moved, "value")
            lever.options, lever.index = self._options(name)
            lever.observe(self._moved, "value")
        self._look()

    def _kept(self, _button: Any) -> None:
        say = self.run.wording.pick
        try:
            path = self.explorer.keep(self.moves, self._name.value.strip()).relative_to(self.run.home).as_posix()
        except Refusal as refused:
            self._said.value = _spoken(str(refused))
            return
        self._said.value = _spoken(
            say(f"已保存：{path}。运行：", f"kept: {path}. To run it: ") + f"tibiao run -f {path}"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        said = self.run.wording.pick(
            "滑块须在 JupyterLab 中运行本页才能移动（tibiao lab），且 out_dir 为空。",
            "The sliders move where this page is run in JupyterLab (tibiao lab) with an empty out_dir.",
        )
        if self.box is None:
            return {"text/plain": said}
        return {"text/plain": said, VIEW: self.box._repr_mimebundle_()[VIEW]}


def _spoken(text: str) -> str:
    """Return a line that a screen reader says when it changes."""
    return f'<div role="status" aria-live="polite">{html.escape(text)}</div>'
