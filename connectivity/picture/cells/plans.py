"""A panel of cells before it is made: what of its graph is needed, and what will draw it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from connectivity.errors import DrawingError, visible
from connectivity.figures.subjects import Subject
from connectivity.graphs.blueprint import Part
from connectivity.graphs.stage import WHOLE
from connectivity.graphs.weightnames import is_of_parameter
from connectivity.graphs.wiring import Place, Wiring
from connectivity.layout.forms import Form, layer_pads
from connectivity.layout.scope import Scope
from connectivity.options import Options
from connectivity.picture.cells.detailview import DetailDrawer
from connectivity.picture.cells.drawer import CellDrawer
from connectivity.picture.cells.fieldview import FieldDrawer
from connectivity.picture.cells.headsview import HeadsDrawer
from connectivity.picture.cells.kernels import kernels_of
from connectivity.picture.cells.kernelsview import KernelsDrawer
from connectivity.picture.cells.lanesview import LanesDrawer
from connectivity.picture.cells.networkplan import NetworkPlan
from connectivity.picture.cells.networkview import NetworkDrawer
from connectivity.picture.cells.panel import CellPanel, named_places
from connectivity.picture.cells.signalview import SignalDrawer
from connectivity.picture.cells.thumbnails import Thumbnails
from connectivity.picture.joins import without_joins
from connectivity.scene import Scene

if TYPE_CHECKING:
    from connectivity.picture.highlight import Highlight


class CellPlan:
    """What is shown of a panel of cells, and how it becomes one; ``scope`` is what of its network is looked at."""

    def __init__(self, subject: Subject, options: Options, form: Form, scope: Scope) -> None:
        self.scope = scope
        self._subject, self._options, self._form = subject, options, form
        self.named = named_places(subject.outline(), options) if options.highlight else {}
        self._check_highlights()
        self.network = (
            NetworkPlan(subject.layers, options, self._shown_at_least(), scope) if form is Form.NETWORK else None
        )
        self._thumbnails: Thumbnails | None = None
        self.lined: Collection[int] = self.network.lined if self.network else frozenset()
        self.circles: Collection[int] = self.network.columns if self.network else frozenset()

    def _shown_at_least(self) -> dict[int, list[Place]]:
        """The places that elision leaves: those that highlights name; at a step of a motion, those of all steps."""
        subject = self._subject
        if subject.stage is WHOLE and not subject.kept:
            return self.named
        kept = {
            layer: [(channel, position) for channel, position in sorted(places, key=str) if position is not None]
            for layer, places in subject.kept.items()
        }
        return {layer: places for layer, places in kept.items() if places}

    def _check_highlights(self) -> None:
        """Raise DrawingError for highlights of what this form does not show."""
        weights = [wish for wish in self._options.highlight if is_of_parameter(wish.partition("=")[0])]
        if weights and self._form in (Form.NETWORK, Form.FIELD):
            raise DrawingError(
                f'highlight "{visible(weights[0])}": blocks of cells show no single weights; view kernels does, '
                "and units circles",
                "highlight",
            )
        if self._form is Form.KERNELS and len(weights) < len(self._options.highlight):
            wish = next(one for one in self._options.highlight if one not in weights)
            raise DrawingError(
                f'highlight "{visible(wish)}": view kernels shows weights, and no units; name a weight, as y.weight[0,0,1]',
                "highlight",
            )

    def pads(self, number: int) -> tuple[int, int]:
        """How many units of padding a layer puts on both sides of its input: zeros, or copies that its windows see."""
        layers = self._subject.layers
        source = layers[number].inputs[0]
        zeros = self._subject.zeros(source)
        reach = layer_pads(layers[number], layers[source].shape.length)
        return max(zeros[0], reach[0]), max(zeros[1], reach[1])

    def most_connections(self) -> int:
        """How many connections are drawn as lines, at most."""
        if self.network is None:
            return 0
        blocks, takes = self.network.blocks, self.network.takes
        shown = {number: sum(1 for _ in block.flats()) for number, block in blocks.items() if number in self.circles}
        return sum(
            shown[number] * sum(shown[source] for source in takes[number]) for number in self.lined if number in shown
        )

    def wiring(self) -> Wiring:
        """What of the graph is needed."""
        layers = self._subject.layers
        if self._options.list_connections:
            flats = [self.scope.flats(number, layer.shape) for number, layer in enumerate(layers)]
            return self._subject.part(Part([*flats], [()] * len(layers)))
        if self.network is not None:
            return self._subject.part(self.network.part())
        if self._form is Form.KERNELS:
            return self._subject.outline()
        everything = [self.scope.flats(number, layer.shape) for number, layer in enumerate(layers)]
        return self._subject.part(Part([*everything], [()] * len(layers), frozenset(range(len(layers)))))

    def thumbnails(self, panel: CellPanel) -> Thumbnails:
        """The kernels beside a network's blocks; made once, however many layouts are tried."""
        if self._thumbnails is None:
            if self.network is None:
                raise ValueError("there are no blocks")
            self._thumbnails = Thumbnails(panel, self.network)
        return self._thumbnails

    def panel(self, wiring: Wiring, title: str | None, marks: Sequence[Highlight]) -> CellPanel:
        """The panel."""
        subject = wiring
        if self.network is not None and self.network.joins:
            wiring = without_joins(wiring, self.network.joins).wiring
        return CellPanel(wiring, self._form, self._options, title, marks, subject, self)

    def drawer(self, panel: CellPanel, paper: Scene) -> CellDrawer:
        """What draws it."""
        if self.network is not None:
            return NetworkDrawer(panel, self.network, paper)
        if self._form is Form.LANES:
            return LanesDrawer(panel, paper)
        if self._form is Form.VALUES:
            return SignalDrawer(panel, paper)
        if self._form is Form.KERNELS:
            return KernelsDrawer(panel, paper)
        if self._form is Form.FIELD:
            return FieldDrawer(panel, paper)
        if panel.wish(self._options.kernels, 1) == "heads" and kernels_of(panel, 1) is not None:
            return HeadsDrawer(panel, paper)
        return DetailDrawer(panel, paper)
