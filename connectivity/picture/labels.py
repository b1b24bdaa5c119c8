"""What stands in units: their index, number, letter or value, or the user's own text."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from connectivity.errors import DrawingError, NoEffect, suggestion, visible, warn
from connectivity.graphs.gaps import LEFT_OUT, drawn_units
from connectivity.graphs.unitnames import Label, find_units, written
from connectivity.graphs.wiring import Wiring
from connectivity.layers.base import count
from connectivity.options import Options
from connectivity.typeset.markup import has_markup, parts, plain, setting, split_lines
from connectivity.typeset.text import short


def unit_labels(
    wiring: Wiring, shown: Collection[int], options: Options, absent: Collection[int] = ()
) -> dict[int, Label]:
    """The label of each shown unit: its value, its name (``x2``, ``h1[2]``, ``h[2,3]``) or the user's text.

    ``absent`` are layers that are not drawn; units are called as if they were.
    """
    labels: dict[int, Label] = {}
    valued = wiring.values.keys() if "values" in options.show and options.labels != "none" else set[int]()
    if options.labels != "none":
        labels.update((unit, Label("+1")) for unit in wiring.biases.values())
        if "values" in options.show or options.labels == "value":
            labels.update(
                (unit, Label(short(value, wiring.largest))) for unit, value in wiring.values.items() if unit in shown
            )
        if options.labels != "value":
            names = {unit: wiring.names[unit] for unit in sorted(shown) if unit not in labels}
            names.update((-1 - number, wiring.layers[number].unit_name(0)) for number in absent)
            labels.update(written(names, options.labels, options.index_from))
    for layer in wiring.layers:  # what its units do says more than their names
        sign = layer.combination.sign
        if sign and layer.whole is None and options.labels != "value":
            labels.update(
                (unit, Label(sign, large=True)) for unit in layer.units if unit in shown and unit not in valued
            )
    for index, layer in enumerate(wiring.layers):
        zero = _zero(wiring, index) if options.padding == "values" else None
        for unit in layer.padding:
            labels.pop(unit, None)
            if zero:
                labels[unit] = zero
    for wish in options.unit_labels:
        labels.update((unit, label) for unit, label in own_labels(wiring, wish, options).items() if unit in shown)
    return {unit: label for unit, label in labels.items() if label.stem and unit not in wiring.dropped}


def own_labels(wiring: Wiring, wish: str, options: Options) -> dict[int, Label]:
    """The labels that ``NAME=TEXT`` gives to units that are there.

    Raises DrawingError for what is not of this form, or as many texts as a layer does not have units.
    """
    name, equals, text = wish.partition("=")
    if not equals:
        raise DrawingError(f'label "{visible(wish)}" is not NAME=TEXT, as x=a/b/c or y.2=out', "unit_labels")
    for number, layer in enumerate(wiring.layers):
        if layer.info.name == name:
            texts = parts(text)
            if len(texts) == 1:
                return dict.fromkeys(layer.units, label_of(texts[0]))
            if len(texts) != layer.total:
                text_count, unit_count = count(len(texts), "text"), count(layer.total, "unit")
                raise DrawingError(
                    f'label "{visible(wish)}": {text_count} for {unit_count} of "{name}"; give one for all, or one for each',
                    "unit_labels",
                )
            units = [wiring.unit(key) for key in wiring.keys(number)]
            return {unit: label_of(part) for unit, part in zip(units, texts, strict=True) if unit is not None}
    units = [wiring.unit(key) for key in find_units(wiring, name, options.index_from)]
    return dict.fromkeys([unit for unit in units if unit is not None], label_of(text.replace(r"\/", "/")))


def check_labels(panels: Sequence[tuple[Wiring, Options]]) -> None:
    """Raise DrawingError for a label of units that are in no panel that has it."""
    wishes = dict.fromkeys(wish for _, options in panels for wish in options.unit_labels)
    for wish in wishes:
        wish_panels = [(wiring, options) for wiring, options in panels if wish in options.unit_labels]
        name = wish.partition("=")[0]
        there, drawn = (
            any(find(wiring, name, options.index_from) for wiring, options in wish_panels)
            for find in (find_units, drawn_units)
        )
        if there and not drawn:
            raise DrawingError(f'there is nothing to label: "{visible(name)}" {LEFT_OUT}', "unit_labels")
        if any(own_labels(wiring, wish, options) for wiring, options in wish_panels):
            continue
        if not there:
            names = list(dict.fromkeys(layer.info.name for wiring, _ in panels for layer in wiring.layers))
            raise DrawingError(
                f'there is no unit or layer "{visible(name)}" to label{suggestion(name, names)}', "unit_labels"
            )


def note_unshown(panels: Sequence[tuple[Wiring, Options, Collection[int]]]) -> None:
    """Warn NoEffect of labels of units that no panel shows; the last of a panel's three are the units that it does."""
    for wish in dict.fromkeys(wish for _, options, _ in panels for wish in options.unit_labels):
        theirs = [(wiring, options, shown) for wiring, options, shown in panels if wish in options.unit_labels]
        if not any(not own_labels(wiring, wish, options).keys().isdisjoint(shown) for wiring, options, shown in theirs):
            name = visible(wish.partition("=")[0], 40)
            warn(f'the label of "{name}" is not seen: the unit is not shown (see max-units)', NoEffect)


def label_of(text: str) -> Label:
    r"""The user's text as a label, markup and line breaks heeded.

    >>> label_of("$h_2^{(1)}$").stem, label_of("$h_2^{(1)}$").markup(), label_of("a").markup()
    ('h₂⁽¹⁾', '$h_2^{(1)}$', 'a')
    """
    lines = split_lines(text.replace("\t", " "))
    if len(lines) > 1:
        return Label(plain(" ".join(lines)), rich="\n".join(lines))
    text = lines[0] if lines[0] != text.strip(" ") else text.replace("\t", " ")
    return Label(plain(text), rich=text) if has_markup(text) else Label(text)


def label_width(label: Label) -> float:
    """The width of a label at font size 1."""
    return max(setting(line, 1.0).width for line in label.lines())


def _zero(wiring: Wiring, index: int) -> Label:
    """What padding beside a layer counts as: zero, but of maximum pools alone less than anything."""
    values = {layer.kind.padding_value for layer in wiring.layers if index in layer.inputs}
    return Label(values.pop() if len(values) == 1 else "0")
