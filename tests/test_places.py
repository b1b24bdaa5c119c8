"""What is shown of networks, in which form, and where it stands: as golden/places.txt says.

A line of that file that begins with ``$`` is a figure: what it is of, and behind ``|`` its options as JSON. What is
under it is written anew by ``CONNECTIVITY_UPDATE=1 python -m pytest tests/test_places.py``.
"""

from __future__ import annotations

import itertools
import json
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from connectivity import ConnectivityError, Figure
from connectivity.figure import _drafts
from connectivity.graphs.wiring import Place
from connectivity.layout.columns import Arrangement, Column
from connectivity.layout.distances import USUAL, Distances
from connectivity.layout.sizes import Sizes
from connectivity.options import Options
from connectivity.picture.cells.panel import CellPanel
from connectivity.picture.compose import panels_of
from connectivity.picture.grid import AnyPanel
from connectivity.picture.panel import Panel

GOLDEN = Path(__file__).parent / "golden" / "places.txt"
SIZES = Path(__file__).parent / "golden" / "sizes.txt"


UPDATES = "CONNECTIVITY_UPDATE" in os.environ


def test_what_is_shown_stands_where_it_stood() -> None:
    blocks = GOLDEN.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    for place, block in enumerate(blocks):
        figures = [line for line in block.split("\n") if line.startswith("$")]
        if UPDATES:
            titles = [line for line in block.split("\n") if line.startswith("#")]
            blocks[place] = "\n\n".join([*titles, *map(written_out, figures)])
        elif figures:
            assert block == written_out(figures[0])
    if UPDATES:
        GOLDEN.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def written_out(line: str) -> str:
    """A figure, and under it what is shown of it."""
    return "\n".join([line, *(f"    {said}".rstrip() for said in told(line[1:]))])


def told(line: str) -> list[str]:
    """What is shown of a figure, or why there is none."""
    text, _, said = line.partition("|")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            figure = Figure.of(text.strip()).changed(**json.loads(said or "{}"))
            panels = panels_of(_drafts(figure.panels, figure.options), Options(**figure.options))
            return [each for panel in panels for each in shown_in(panel)]
    except ConnectivityError as error:
        return [f"{type(error).__name__}: {error}"]


def shown_in(panel: AnyPanel) -> list[str]:
    return of_circles(panel) if isinstance(panel, Panel) else of_cells(panel)


def of_cells(panel: CellPanel) -> list[str]:
    lines = [f"{panel.form.name}; {panel.scope.sentence(panel.subject.layers, panel.options.index_from)}"]
    plan = panel.plan.network
    if plan is None:
        return lines
    for number, layer in enumerate(panel.layers):
        at = f"at {plan.focus[number]} of {written(plan.positions[number])}"
        lines.append(f"{layer.info.name}: level {plan.levels[number]}, {at}")
    return lines


def written(ranges: Iterable[range]) -> str:
    return " ".join(f"{one.start}-{one.stop - 1}" for one in ranges)


def of_circles(panel: Panel) -> list[str]:
    """Every column, skip, stub and matrix of a panel of circles."""
    arrangement = panel.arrangement
    lines = [
        f"{len(panel.whole)} lines, {len(panel.cut)} stubs, {len(panel.cells)} cells; "
        f"{panel.scope.sentence(panel.subject.layers, panel.options.index_from)}"
    ]
    for index, layer in enumerate(panel.wiring.layers):
        level = f"level {arrangement.branches.levels[index]}" if arrangement.branches.branching else ""
        lines += [f"{layer.info.name}: {level}", *(f"    {one}" for one in of_column(panel, index))]
    for skip in panel.skips.values():
        way = f"{skip.way.name}{' direct' * skip.direct}, share {skip.share:.3g}, deck {skip.deck}"
        lines.append(f"from {skip.source} to {skip.target}: {way}")
    lines += [f"stubs {one}" for one in of_stubs(panel, arrangement)]
    if arrangement.matrix is not None:
        for (index, source), columns in arrangement.matrix.columns.items():
            lines.append(f"matrix {index} of {source}: {spans(arrangement.matrix.rows[index])} by {spans(columns)}")
    return lines


def of_column(panel: Panel, index: int) -> Iterator[str]:
    """Where units stand, those in a row together; then where dots do."""
    arrangement, layer = panel.arrangement, panel.wiring.layers[index]
    column = arrangement.columns[index]
    places = layer.places | layer.padding
    units = sorted(column.along, key=lambda unit: (column.across.get(unit, 0.0), column.along[unit]))
    runs: list[list[int]] = []
    for unit in units:
        if runs and continues(runs[-1], unit, column, places):
            runs[-1].append(unit)
        else:
            runs.append([unit])
    for run in runs:
        along = [column.along[unit] for unit in run]
        step = f" by {number(along[1] - along[0])}" if len(along) > 1 else ""
        names = panel.names[run[0]] + (f"..{panel.names[run[-1]]}" if len(run) > 1 else "")
        across = f", row {number(column.across[run[0]])}" if column.across.get(run[0]) else ""
        yield f"{names} at {number(along[0])}{step}{across}"
    if column.dots:
        yield "dots at " + " ".join(f"{number(a)}{f'/{number(b)}' if b else ''}" for a, b in sorted(column.dots))
    if layer.whole:
        yield f"bar of {number(arrangement.bar(index))}"


def continues(run: list[int], unit: int, column: Column, places: Mapping[int, Place]) -> bool:
    """Whether a unit is the one behind the last of a run, and stands as far behind it as that behind the one before."""
    last = run[-1]
    if unit not in places or last not in places or column.across.get(unit) != column.across.get(last):
        return False
    (channel, position), (before, at) = places[unit], places[last]
    if (channel, position) != (before, at + 1):
        return False
    return len(run) == 1 or abs(column.along[unit] - 2 * column.along[last] + column.along[run[-2]]) < 1e-6


def of_stubs(panel: Panel, arrangement: Arrangement) -> list[str]:
    """Where the hidden ends of connections would be, and whether that is their own place."""
    wiring = panel.wiring
    found: dict[tuple[int, int], dict[str, None]] = {}
    for connection in panel.cut:
        source, target = wiring.sources[connection], wiring.targets[connection]
        for here, there in ((source, target), (target, source)):
            if there in panel.shown and here not in arrangement.columns[wiring.layer_of[here]].along:
                layer = wiring.layer_of[here]
                at, own = arrangement.ghost(layer, here, (wiring.layer_of[there], there))
                place = f"{number(at)}{'' if own else ' dots'}"
                row = arrangement.row(layer, here)
                found.setdefault((layer, wiring.layer_of[there]), {})[place + (f"/{number(row)}" if row else "")] = None
    return [f"of {one} seen from {other}: {', '.join(places)}" for (one, other), places in sorted(found.items())]


def spans(numbers: Iterable[int]) -> str:
    ordered = list(numbers)
    starts = [n for n, one in enumerate(ordered) if not n or ordered[n - 1] + 1 != one]
    return written(range(ordered[a], ordered[b - 1] + 1) for a, b in itertools.pairwise([*starts, len(ordered)]))


def number(value: float) -> str:
    return f"{round(value, 3) + 0.0:g}"


def test_sizes_are_what_they_were() -> None:
    """Of short and of long columns, with and without labels, on tight and on wide paper."""
    usual = itertools.product(
        (3, 27, 28, 64, 65, 400), (0.0, 1.2, 2.0, 5.0, 30.0), ("circle", "box"), (False, True), (USUAL,)
    )
    changed = [Distances(0.5, 0.5), Distances(0.0, 0.0), Distances(1.5, 2.0), Distances(pitch=30.0), Distances(gap=1.5)]
    others = itertools.product((6, 40, 70), (0.0, 0.5, 2.0), ("circle", "box"), (False,), changed)
    lines = []
    for rows, widest, shape, vertical, distances in (*usual, *others):
        sizes = Sizes.of(rows, widest > 0, widest, shape, vertical, distances)
        hops = [number(sizes.with_hops(hops).pitch) for hops in (1, 2, 3)]
        gaps = [number(sizes.least_gap(down)) for down in (False, True)]
        said = "" if distances == USUAL else " " + ",".join("-" if one is None else f"{one:g}" for one in distances)
        lines.append(
            f"{rows} {widest:g} {shape}{' down' * vertical}{said}: "
            + " ".join(number(one) for one in (*sizes[:5], sizes.labelled, sizes.dense, sizes.gap))
            + f" hops {'/'.join(hops)} gap {'/'.join(gaps)} box {number(sizes.box_room(vertical))} slope {number(sizes.slope)}"
        )
    found = "\n".join(lines) + "\n"
    if UPDATES:
        SIZES.write_text(found, encoding="utf-8")
    assert SIZES.read_text(encoding="utf-8") == found


def test_distances_are_shares_along_and_across() -> None:
    assert USUAL.sharing("along", 0.5) == Distances(along=0.5)
    assert USUAL.sharing("across", 1.5) == Distances(across=1.5)
    assert [(one.tight, one.wide) for one in (Distances(across=0.5), Distances(across=1.5))] == [(0.5, 1), (1, 1.5)]
