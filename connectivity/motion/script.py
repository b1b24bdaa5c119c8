"""From what a figure says to its film: a motion that is named, or the steps of a figure file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from connectivity.errors import DrawingError, suggestion, visible
from connectivity.figures.panels import PanelSource
from connectivity.figures.stepsource import StepSource
from connectivity.graphs.stage import Stage
from connectivity.graphs.unitnames import find_units
from connectivity.graphs.wiring import Wiring
from connectivity.motion.film import Film, Moment, film, named_moments, unlit
from connectivity.motion.steps import lights
from connectivity.options import Options
from connectivity.picture.compose import Draft

Kept = dict[int, set[tuple[int, int | None]]]

Drafts = Callable[[Sequence[PanelSource], Mapping[str, Any]], list[Draft]]
"""Makes the drafts of panels with options of the figure."""


def film_of(
    panels: Sequence[PanelSource], options: Mapping[str, Any], steps: Sequence[StepSource], drafts_of: Drafts
) -> Film | None:
    """The film of a figure; None of one that does not move.

    ``options`` are the figure's, by their names in :class:`.Options`. Raises DrawingError.
    """
    said = Options(**options)
    motion = said.animate
    if motion == "none" or (motion is None and not steps):
        return None
    if motion is not None:
        drafts = drafts_of(panels, options)
        if lights(motion):
            drafts, said = unlit(drafts, said)
        return film(drafts, said, named_moments(motion, drafts, said))
    return _film_of_steps(panels, options, steps, drafts_of)


def _film_of_steps(
    panels: Sequence[PanelSource], options: Mapping[str, Any], steps: Sequence[StepSource], drafts_of: Drafts
) -> Film:
    """The film of a figure file's own steps; what any of them highlights is shown in all, where layers are long."""
    scripts = [_script(step, panels, options, drafts_of) for step in steps]
    still = drafts_of(panels, options)
    for number, (step, (drafts, _)) in enumerate(zip(steps, scripts, strict=True), 1):
        _check_units(step, number, drafts, still)
    kept = [_kept([drafts[place] for drafts, _ in scripts]) for place in range(len(still))]
    moments = []
    for step, (drafts, all_options) in zip(steps, scripts, strict=True):
        staged = [
            draft._replace(subject=draft.subject.staged(_stage(step, draft), keep))
            for draft, keep in zip(drafts, kept, strict=True)
        ]
        relit = "highlight" in step.options and bool(options.get("highlight"))  # which the figure's legend says
        own = relit or step.panels is not None or not step.options.keys() <= {"highlight", "rest"}
        moments.append(Moment(staged, all_options, step.caption, own, _failing(step)))
    whole = [
        draft._replace(subject=draft.subject.staged(draft.subject.stage, keep))
        for draft, keep in zip(still, kept, strict=True)
    ]
    return film(whole, Options(**options), moments)


def _failing(step: StepSource) -> Callable[[DrawingError], Any]:
    return lambda error: step.fail(error, error.option or "")


def _script(
    step: StepSource, panels: Sequence[PanelSource], options: Mapping[str, Any], drafts_of: Drafts
) -> tuple[list[Draft], Options]:
    """What a step is drawn of, before it is known how much of it is there yet."""
    changed = {**options, **step.options}
    sources = panels if step.panels is None else step.panels
    try:
        return drafts_of([panel.without(step.options) for panel in sources], changed), Options(**changed)
    except DrawingError as error:
        step.fail(error, error.option or "")


def _check_units(step: StepSource, number: int, drafts: Sequence[Draft], still: Sequence[Draft]) -> None:
    """Raise the error of a step whose network has other units than the figure's."""
    ours, theirs = ([[layer.shape for layer in draft.subject.layers] for draft in one] for one in (drafts, still))
    if ours != theirs:
        shapes = "; ".join(", ".join(map(str, shapes)) for shapes in theirs)
        own = "; ".join(", ".join(map(str, shapes)) for shapes in ours)
        step.fail(
            DrawingError(f"step {number} has units of its own: layers of {own}, where the figure has {shapes}"),
            "network",
        )


def _kept(drafts: Sequence[Draft]) -> Kept:
    """The places that any step of a panel highlights, which elision leaves."""
    kept: Kept = {}
    for draft in drafts:
        if draft.options.highlight and draft.options.max_units:
            from connectivity.picture.highlight import named_units

            for layer, places in named_units(draft.subject.outline(), draft.options).items():
                kept.setdefault(layer, set()).update(places)
    return kept


def _stage(step: StepSource, draft: Draft) -> Stage:
    """How much of a panel is written at a step."""
    if step.values is None:
        return Stage(written={})
    wiring = draft.subject.outline()
    written: dict[int, Collection[int]] = {number: set() for number in range(len(wiring.layers))}
    for name in step.values:
        units = find_units(wiring, name, draft.options.index_from)
        if not units:
            hint = _unknown(name, wiring)
            step.fail(DrawingError(f"values: {hint}"), "values")
        for key in units:
            position = wiring.place(key)[1]
            written[key[0]] = {*written[key[0]], position}
    return Stage(written=written)


def _unknown(name: str, wiring: Wiring) -> str:
    names = [layer.info.name for layer in wiring.layers]
    return f'there is no layer or unit "{visible(name, 40)}"{suggestion(name, names)}'
