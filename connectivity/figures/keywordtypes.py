"""The names and types of a figure's options as keyword arguments, for editors and type checkers.

Written by ``make readme`` from :mod:`.options` and :mod:`.models.options`; :mod:`.figures.keywords` reads what they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypedDict

from connectivity.graphs.weights import Given

Several: TypeAlias = str | list[str] | tuple[str, ...]
"""One text, or several."""

ByName: TypeAlias = Several | Mapping[str, str]
"""NAME=TEXT, once or several times, or a mapping of names to texts."""


class Keywords(TypedDict, total=False):
    """Every option of a figure; a function of your own passes them on as ``**options: Unpack[Keywords]``.

    title: A title over the figure.
    description: The figure in words, for those who cannot see it. [default: generated]
    list_connections, no_list_connections: Say every connection in the description, for those who cannot point at
        it.
    panel_title, panel_titles: A title over a panel; once for each panel. Without: what its layers are.
    layer_title, layer_titles: A heading for a layer in place of what it is; repeat it, from the input on.
    layer_caption, layer_captions: All that is said beside the layer NAME, its lines with a line end between them;
        x= says nothing. May be repeated.
    row_title, row_titles: A title before a layer's row (over its column); repeat it, from the input on.
    box, boxes: Draw a box around the layer NAME (x, h1, ..., y).
    merge: Draw the layer NAME as one unit, and its connections as one line each.
    columns: Panels in a row. [default: all; more than 8 in a square]
    direction: Where the network runs. auto: LR, but TB where one layer's kernels, or a signal, are shown. One of:
        auto, LR, RL, BT, TB.
    width: How wide the figure is, as 84mm, 8.4cm, 3.3in, 240pt or 600px: distances give way, text does not.
    height: How high it is.
    font_size: The size of captions, as 8pt; everything else is in proportion. [default: 11pt]
    gap: From one layer to the next, in distances of neighbouring units. [default: 1.6, more where captions or lines
        need it]
    pitch: From the middle of a unit, or cell, to that of the next. [default: as fits]
    anchor: Where a unit stands over its window; position: the i-th over the i-th input, whatever the kernel.
        [default: centre; last for causal layers] One of: centre, first, last, position.
    channels: Channels one after the other, or in rows side by side. One of: stack, rows.
    view: The units and their connections, the weight matrices, both, or all kernels. One of: graph, matrix, both,
        kernels.
    matrix: Where the matrices of --view both stand: beside the graph, or below it. auto: below where the figure
        would be more than twice as wide as high.
    units: How units are drawn: circles, squares, or cells (blocks in which channels are rows); also of one layer,
        as h1=cells. [default: auto, cells where channels mix]
    edges: How connections between cells are drawn: lines, cones (from a window to its unit, over all channels),
        none; also of one layer, as h1=none. [default: auto]
    kernels: Kernels as grids of cells: show, heads (over the strip of what each makes), values (with their
        numbers), none; also of one layer, as h1=values. The names of layers, as h1/h2: their kernels alone.
        [default: auto, where they fit]
    max_units: Elide longer layers in the middle; 0 shows all.
    crop: Show only inputs FIRST to LAST (from 1), and what stands over them.
    layers: Draw only the layers from one to another, the first as the input: h1:h3, h1: or :h2.
    focus: Draw only what a unit depends on, as y.2 or y.1.3. May be repeated.
    window: Draw only these positions of a layer, what they see and what sees them, as h2=10/14. May be repeated.
    only: Draw only these channels of a layer, as h1=1/4/9. May be repeated.
    windows: The windows whose connections are drawn: all, or the first and the last of a layer and highlighted
        ones. One of: all, first/last.
    max_edges: The most connections to draw.
    color_by, colour_by: What colours mean. auto: the weight's value where weights are given, else which weight it
        is. One of: auto, parameter, weight, sign, layer, group, none.
    colormap, colourmap: A colormap of the cmap package, as viridis or coolwarm.
    vmin: The weight at the lower end of the colormap.
    vmax: The weight at its upper end. [default: symmetric about 0]
    scale: What the colours of weights' values reach to: the largest of each layer (layer), of all (global), or the
        99th percentile of all sizes (p99). auto: global for up to 100 weights, or layers that are alike; else one a
        layer, at its 99th percentile where few weights are far larger. vmin and vmax go before it.
    theme: Colours for a light page, a dark one, or as the reader's page is (auto); print: black on white, weights
        told apart by line style.
    highlight: Emphasise a unit (y.2), its y.2:window, y.2:receptive-field or x.1:reach, all ways x.1:path:y.2, or a
        weight (y.weight.0.0.1); =COLOUR after it. May be repeated.
    rest: How to draw what is not highlighted. One of: pale, dashed, dots, hidden.
    show: Print values in the units, or draw biases; may be repeated.
    padding: How to draw padding: as stubs of connections, or as units. One of: hidden, stubs, hollow, values,
        filled.
    dropped: How to draw dropped units: crossed out, or as gaps.
    zeros: How to draw connections whose weight is 0, where weights are given. [default: draw; hide with a
        threshold] One of: draw, dash, hide.
    threshold: Which weights count as 0: those smaller than T in size (0.05), or the smallest of each layer (20%).
    labels, no_labels: What stands in the units: x with an index, 1, x, or a value. One of: index, number, letter,
        value, none.
    label, unit_labels: Your own text in units: x=a/b/c for those of a layer in order, x=a for all, x.2=a for one.
        May be repeated.
    channel_label, channel_labels: Names of a layer's channels, one beside the units of each: x=ax/ay/az. May be
        repeated.
    index_from: The first index of units, 0 or 1.
    edge_labels: What stands at the connections: the name of the weight (w with an index), its value, a letter or a
        number (index) for each, none; also of one layer, as h1=name, or your own text for a weight, as
        h1.weight.0.0.1=w_2, or for a connection, as x.1:h1.2=a. May be repeated. [default: auto, letters in print]
    unit_shape: The shape of units; a box is as wide as its text. One of: circle, square, box.
    fill: What the colour of units means. One of: none, layer, group, value, in-degree.
    captions, no_captions: What each layer is, beside it.
    legend, no_legend: What the colours mean.
    transparent, no_transparent: No background: what is behind the figure shows through.
    font: A font (.ttf, .otf) for characters of PNG and PDF that the shipped one has not. [default: the system's]
    text: Text of an SVG: live (searched, selected, in the reader's font), or outlines, which need no font.
    standalone, no_standalone: A .tex or .typ that is a document of its own, with a page as large as the figure, not
        a part of one.
    animate: Let the figure move, step by step: slide (the kernel goes over the input; slide:h1, that of the layer
        h1), forward (layer after layer), grow (connection after connection). An SVG, GIF, APNG or WebP moves, a PDF
        has a page for each step, and so has each file of -o step-%02d.svg; none: the steps of a figure file are not
        heeded.
    period: How long each step of a figure that moves is seen, in seconds.
    loop, no_loop: A figure that moves begins again at its end; without, the whole figure follows.
    dpi: Dots per inch of a PNG. [default: 192, at most 2,000 pixels a side]
    weights: Arrays by their names, or the path of a file of them.
    prefix: Of the weights, only what is under this name.
    map: Which module of the weights a layer takes: h=encoder.0, or a mapping.
    seed: For generated weights.
    input: The input's values: an array of shape (channels, length), of several inputs a mapping, or a file.
    input_shape: The shape of a model's input, where the model (model.onnx) leaves it open: 3x128 without the batch,
        or NAME=3x128 of one among several. May be repeated.
    from_: The first node of a model that is drawn; what it takes are the inputs.
    until: The last node of a model that is drawn.
    fold_batchnorm: Put the batch normalizations of a model into the weights of the layers before them.
    """

    title: str | None
    """A title over the figure."""
    description: str | None
    """The figure in words, for those who cannot see it. [default: generated]"""
    list_connections: bool
    """Say every connection in the description, for those who cannot point at it."""
    no_list_connections: bool
    panel_title: Several
    """A title over a panel; once for each panel. Without: what its layers are."""
    panel_titles: Several
    """A title over a panel; once for each panel. Without: what its layers are."""
    layer_title: Several
    """A heading for a layer in place of what it is; repeat it, from the input on."""
    layer_titles: Several
    """A heading for a layer in place of what it is; repeat it, from the input on."""
    layer_caption: ByName
    """All that is said beside the layer NAME, its lines with a line end between them; x= says nothing. May be
    repeated."""
    layer_captions: ByName
    """All that is said beside the layer NAME, its lines with a line end between them; x= says nothing. May be
    repeated."""
    row_title: Several
    """A title before a layer's row (over its column); repeat it, from the input on."""
    row_titles: Several
    """A title before a layer's row (over its column); repeat it, from the input on."""
    box: Several
    """Draw a box around the layer NAME (x, h1, ..., y)."""
    boxes: Several
    """Draw a box around the layer NAME (x, h1, ..., y)."""
    merge: Several
    """Draw the layer NAME as one unit, and its connections as one line each."""
    columns: int
    """Panels in a row. [default: all; more than 8 in a square]"""
    direction: Literal["auto", "LR", "RL", "BT", "TB"] | str
    """Where the network runs. auto: LR, but TB where one layer's kernels, or a signal, are shown."""
    width: str | None
    """How wide the figure is, as 84mm, 8.4cm, 3.3in, 240pt or 600px: distances give way, text does not."""
    height: str | None
    """How high it is."""
    font_size: str | None
    """The size of captions, as 8pt; everything else is in proportion. [default: 11pt]"""
    gap: float | None
    """From one layer to the next, in distances of neighbouring units. [default: 1.6, more where captions or lines
    need it]"""
    pitch: str | None
    """From the middle of a unit, or cell, to that of the next. [default: as fits]"""
    anchor: Literal["centre", "first", "last", "position"] | str | None
    """Where a unit stands over its window; position: the i-th over the i-th input, whatever the kernel. [default:
    centre; last for causal layers]"""
    channels: Literal["stack", "rows"] | str
    """Channels one after the other, or in rows side by side."""
    view: Literal["graph", "matrix", "both", "kernels"] | str
    """The units and their connections, the weight matrices, both, or all kernels."""
    matrix: Literal["auto", "beside", "below"] | str
    """Where the matrices of --view both stand: beside the graph, or below it. auto: below where the figure would be
    more than twice as wide as high."""
    units: ByName
    """How units are drawn: circles, squares, or cells (blocks in which channels are rows); also of one layer, as
    h1=cells. [default: auto, cells where channels mix]"""
    edges: ByName
    """How connections between cells are drawn: lines, cones (from a window to its unit, over all channels), none;
    also of one layer, as h1=none. [default: auto]"""
    kernels: ByName
    """Kernels as grids of cells: show, heads (over the strip of what each makes), values (with their numbers),
    none; also of one layer, as h1=values. The names of layers, as h1/h2: their kernels alone. [default: auto, where
    they fit]"""
    max_units: int
    """Elide longer layers in the middle; 0 shows all."""
    crop: str | None
    """Show only inputs FIRST to LAST (from 1), and what stands over them."""
    layers: str | None
    """Draw only the layers from one to another, the first as the input: h1:h3, h1: or :h2."""
    focus: Several
    """Draw only what a unit depends on, as y.2 or y.1.3. May be repeated."""
    window: ByName
    """Draw only these positions of a layer, what they see and what sees them, as h2=10/14. May be repeated."""
    only: ByName
    """Draw only these channels of a layer, as h1=1/4/9. May be repeated."""
    windows: Literal["all", "first/last"] | str
    """The windows whose connections are drawn: all, or the first and the last of a layer and highlighted ones."""
    max_edges: int
    """The most connections to draw."""
    color_by: Literal["auto", "parameter", "weight", "sign", "layer", "group", "none"] | str
    """What colours mean. auto: the weight's value where weights are given, else which weight it is."""
    colour_by: Literal["auto", "parameter", "weight", "sign", "layer", "group", "none"] | str
    """What colours mean. auto: the weight's value where weights are given, else which weight it is."""
    colormap: str | None
    """A colormap of the cmap package, as viridis or coolwarm."""
    colourmap: str | None
    """A colormap of the cmap package, as viridis or coolwarm."""
    vmin: float | None
    """The weight at the lower end of the colormap."""
    vmax: float | None
    """The weight at its upper end. [default: symmetric about 0]"""
    scale: Literal["auto", "layer", "global", "p99"] | str
    """What the colours of weights' values reach to: the largest of each layer (layer), of all (global), or the 99th
    percentile of all sizes (p99). auto: global for up to 100 weights, or layers that are alike; else one a layer,
    at its 99th percentile where few weights are far larger. vmin and vmax go before it."""
    theme: Literal["light", "dark", "auto", "print"] | str
    """Colours for a light page, a dark one, or as the reader's page is (auto); print: black on white, weights told
    apart by line style."""
    highlight: Several
    """Emphasise a unit (y.2), its y.2:window, y.2:receptive-field or x.1:reach, all ways x.1:path:y.2, or a weight
    (y.weight.0.0.1); =COLOUR after it. May be repeated."""
    rest: Literal["pale", "dashed", "dots", "hidden"] | str
    """How to draw what is not highlighted."""
    show: Literal["values", "bias"] | Several
    """Print values in the units, or draw biases; may be repeated."""
    padding: Literal["hidden", "stubs", "hollow", "values", "filled"] | str
    """How to draw padding: as stubs of connections, or as units."""
    dropped: Literal["cross", "gap"] | str
    """How to draw dropped units: crossed out, or as gaps."""
    zeros: Literal["draw", "dash", "hide"] | str | None
    """How to draw connections whose weight is 0, where weights are given. [default: draw; hide with a threshold]"""
    threshold: str | float | None
    """Which weights count as 0: those smaller than T in size (0.05), or the smallest of each layer (20%)."""
    labels: Literal["index", "number", "letter", "value", "none"] | str | bool
    """What stands in the units: x with an index, 1, x, or a value."""
    no_labels: bool
    label: ByName
    """Your own text in units: x=a/b/c for those of a layer in order, x=a for all, x.2=a for one. May be
    repeated."""
    unit_labels: ByName
    """Your own text in units: x=a/b/c for those of a layer in order, x=a for all, x.2=a for one. May be
    repeated."""
    channel_label: ByName
    """Names of a layer's channels, one beside the units of each: x=ax/ay/az. May be repeated."""
    channel_labels: ByName
    """Names of a layer's channels, one beside the units of each: x=ax/ay/az. May be repeated."""
    index_from: int
    """The first index of units, 0 or 1."""
    edge_labels: ByName
    """What stands at the connections: the name of the weight (w with an index), its value, a letter or a number
    (index) for each, none; also of one layer, as h1=name, or your own text for a weight, as h1.weight.0.0.1=w_2, or
    for a connection, as x.1:h1.2=a. May be repeated. [default: auto, letters in print]"""
    unit_shape: Literal["circle", "square", "box"] | str
    """The shape of units; a box is as wide as its text."""
    fill: Literal["none", "layer", "group", "value", "in-degree"] | str
    """What the colour of units means."""
    captions: bool
    """What each layer is, beside it."""
    no_captions: bool
    legend: bool
    """What the colours mean."""
    no_legend: bool
    transparent: bool
    """No background: what is behind the figure shows through."""
    no_transparent: bool
    font: str | Path | None
    """A font (.ttf, .otf) for characters of PNG and PDF that the shipped one has not. [default: the system's]"""
    text: Literal["live", "outlines"] | str
    """Text of an SVG: live (searched, selected, in the reader's font), or outlines, which need no font."""
    standalone: bool
    """A .tex or .typ that is a document of its own, with a page as large as the figure, not a part of one."""
    no_standalone: bool
    animate: str | None
    """Let the figure move, step by step: slide (the kernel goes over the input; slide:h1, that of the layer h1),
    forward (layer after layer), grow (connection after connection). An SVG, GIF, APNG or WebP moves, a PDF has a
    page for each step, and so has each file of -o step-%02d.svg; none: the steps of a figure file are not
    heeded."""
    period: float
    """How long each step of a figure that moves is seen, in seconds."""
    loop: bool
    """A figure that moves begins again at its end; without, the whole figure follows."""
    no_loop: bool
    dpi: float | None
    """Dots per inch of a PNG. [default: 192, at most 2,000 pixels a side]"""
    weights: Given | None
    """Arrays by their names, or the path of a file of them."""
    prefix: str | None
    """Of the weights, only what is under this name."""
    map: ByName | None
    """Which module of the weights a layer takes: h=encoder.0, or a mapping."""
    seed: int | None
    """For generated weights."""
    input: Any
    """The input's values: an array of shape (channels, length), of several inputs a mapping, or a file."""
    input_shape: str | Sequence[int] | Sequence[str] | Mapping[str, Sequence[int]]
    """The shape of a model's input, where the model (model.onnx) leaves it open: 3x128 without the batch, or
    NAME=3x128 of one among several. May be repeated."""
    from_: str
    """The first node of a model that is drawn; what it takes are the inputs."""
    until: str
    """The last node of a model that is drawn."""
    fold_batchnorm: bool
    """Put the batch normalizations of a model into the weights of the layers before them."""
