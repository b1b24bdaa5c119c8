"""What stands in units: their index, number, letter or value, or the user's own text."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

from connectivity.errors import DrawingError, suggestion, visible
from connectivity.graphs.unitnames import Label, find_units, written
from connectivity.graphs.view import GraphView
from connectivity.layers import count
from connectivity.options import Options
from connectivity.picture.scene import SMALL
from connectivity.typeset.markup import has_markup, plain, runs
from connectivity.typeset.metrics import text_width
from connectivity.typeset.text import short


def unit_labels(view: GraphView, shown: Collection[Hashable], options: Options) -> dict[Hashable, Label]:
    """The label of each shown unit: its value, its name (``x2``, ``h1[2]``, ``h[2,3]``) or the user's text."""
    labels: dict[Hashable, Label] = {}
    if options.labels != "none":
        labels.update((unit, Label("+1")) for unit in view.biases.values())
        if "values" in options.show or options.labels == "value":
            largest = view.largest_value()
            labels.update((unit, Label(short(value, largest))) for unit, value in view.values.items() if unit in shown)
        if options.labels != "value":
            named = {unit: name for unit, name in view.names.items() if unit in shown and unit not in labels}
            labels.update(written(named, options.labels, options.index_from))
    for index, layer in enumerate(view.layers):
        zero = _zero(view, index) if options.padding == "values" else None
        for unit in layer.padding:
            labels.pop(unit, None)
            if zero:
                labels[unit] = zero
    for wish in options.unit_labels:
        labels.update((unit, label) for unit, label in own_labels(view, wish, options).items() if unit in shown)
    return {unit: label for unit, label in labels.items() if label.stem and unit not in view.dropped}


def own_labels(view: GraphView, wish: str, options: Options) -> dict[Hashable, Label]:
    """The labels that ``NAME=TEXT`` gives; none where the panel has no such unit.

    Raises DrawingError for what is not of this form, or as many texts as a layer does not have units.
    """
    name, found, text = wish.partition("=")
    if not found:
        raise DrawingError(f'label "{visible(wish)}" is not NAME=TEXT, as x=a/b/c or y[2]=out', "unit_labels")
    for layer in view.layers:
        if layer.info.name == name:
            parts = text.split("/")
            if len(parts) == 1:
                return dict.fromkeys(layer.units, label_of(text))
            if len(parts) != len(layer.units):
                given, there = count(len(parts), "text"), count(len(layer.units), "unit")
                raise DrawingError(f'label "{visible(wish)}": {given} for {there} of "{name}"', "unit_labels")
            return {unit: label_of(part) for unit, part in zip(layer.units, parts, strict=True)}
    return dict.fromkeys(find_units(view, name, options.index_from), label_of(text))


def check_labels(views: Sequence[GraphView], own: Sequence[Options]) -> None:
    """Raise DrawingError for a label of units that are in no panel that has it."""
    wishes = dict.fromkeys(wish for options in own for wish in options.unit_labels)
    for wish in wishes:
        pairs = zip(views, own, strict=True)
        if not any(own_labels(view, wish, options) for view, options in pairs if wish in options.unit_labels):
            name = wish.partition("=")[0]
            names = list(dict.fromkeys(layer.info.name for view in views for layer in view.layers))
            raise DrawingError(
                f'there is no unit or layer "{visible(name)}" to label{suggestion(name, names)}', "unit_labels"
            )


def label_of(text: str) -> Label:
    r"""The user's text as a label, markup heeded.

    >>> label_of("$h_2^{(1)}$")
    Label(stem='h', sup='(1)', sub='2', italic=True)
    """
    if not has_markup(text):
        return Label(text)
    parts = runs(text)
    styles = [run.style for run in parts]
    small = {run.style: run.text for run in parts[1:]}
    if len(small) == len(parts) - 1 and set(styles[1:]) <= {"sub", "sup"} and styles[0] in ("", "italic"):
        return Label(parts[0].text, small.get("sup", ""), small.get("sub", ""), styles[0] == "italic")
    return Label(plain(text))


def label_width(label: Label) -> float:
    """The width of a label at font size 1."""
    small = text_width(label.sup, SMALL) + text_width(label.sub, SMALL)
    return text_width(label.stem, 1.0, "italic" if label.italic else "regular") + small


def _zero(view: GraphView, index: int) -> Label:
    """What padding before the layer after ``index`` counts as: zero, but of a maximum pool less than anything."""
    following = view.layers[index + 1].info.kind if index + 1 < len(view.layers) else ""
    return Label("\u2212\u221e" if following == "maxpool" else "0")
