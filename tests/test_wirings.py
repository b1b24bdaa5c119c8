"""What a network says of its graph in closed form is what any graph says that is gone through connection by connection."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Collection, Iterable

import numpy as np
import pytest

from connectivity import build, describe, parse
from connectivity.graphs.blueprint import Blueprint, Part
from connectivity.graphs.builder import wire
from connectivity.graphs.evaluation import network_values
from connectivity.graphs.networkwiring import NetworkWiring
from connectivity.graphs.reading import read
from connectivity.graphs.roles import BIAS, PADDING
from connectivity.graphs.wiring import Key, Wiring

NETWORKS = (
    "5",
    "5 fc:4 relu fc:2",
    "2x4 fc:3,flatten=false,drop=2",
    "7 conv:3,s=2,p=1 conv:2",
    "7 conv:2,s=3,drop=1",
    "4x5 conv:3,c=4,g=2,p=1 batchnorm maxpool:2,s=1",
    "3x4 conv:3,c=3,g=3,p=1 conv:1,c=2",
    "4 conv:3,p=1,padding_mode=circular",
    "2 conv:3,p=1,padding_mode=circular",
    "2x5 sparse:3,p=2,s=2,c=2",
    "6 sparse:mask=110010/001100/000001",
    "6 sparse:units=4,density=0.4",
    "5 convtranspose:3,s=2,p=1",
    "2x6,drop=3/8 maxpool:2 fc:2",
    "6,drop=1/4 maxpool:3,s=1,p=1 avgpool:2,s=1",
    "2x4 softmax conv:3,c=2 softmax:length conv:1",
    "3x4,drop=2 softmax conv:1,c=3,drop=5 softmax:length conv:1",
    "x=6 h=bn,drop=1 softmax y=conv:3",
    "2x3 flatten transpose reshape:3x2 conv:1",
    "x=2x4 transpose conv:1,c=2 concat:x,axis=length conv:2",
    "x=4 conv:3,p=1 relu conv:3,p=1 add:x relu",
    "x=3 concat:x/x,axis=length,drop=1/4 conv:2",
    "x=3 concat:x/x,axis=length,drop=1/5 conv:2",
    "x=3 a=conv:1 concat:a/x/a,drop=1/4/7 fc:2",
    "x=3 mul:x/x,drop=2 sub:x",
    "a=4 b=input:4,drop=2 ta=conv:3,from=a tb=conv:3,from=b,share=ta concat:ta/tb fc:1",
    "x=2x3 b=input:3x3 concat:x/b maximum:b/b,from=b",
    "6 h=fc:4 relu classes=fc:3 fc:1,from=h",
    "6 fc:4 ... fc:3 fc:2",
    "x=5 ... conv:3,p=1 add:x",
    "x=4 upsample:2,mode=linear crop:2/3 globalavgpool",
    "3x4 lppool:2 fc:3",
)


@functools.cache
def network_of(text: str) -> NetworkWiring:
    return wire(Blueprint(parse(text)[0]), biases=False)


@functools.cache
def graph_of(text: str) -> Wiring:
    return read(build(parse(text)[0]))


def parts(text: str) -> NetworkWiring:
    """A part of a network: of each layer every other unit is shown, and one is hidden."""
    blueprint = Blueprint(parse(text)[0])
    shown = [range(0, stage.shape.units, 2) for stage in blueprint.stages]
    hidden = [range(min(1, stage.shape.units - 1), min(2, stage.shape.units)) for stage in blueprint.stages]
    return wire(blueprint, Part([*shown], [*hidden]), biases=False)


every_network = pytest.mark.parametrize("text", NETWORKS)


def units(wiring: Wiring, layer: int, found: Collection[int]) -> set[int]:
    """Units of a layer that are as in keys, by their flat indices; a range stands for all of them."""
    if isinstance(found, range):
        return {*range(wiring.layers[layer].shape.units)}
    return {*wiring.flat(layer, found)}


def flat(wiring: Wiring, key: Key) -> Key:
    channel, position = wiring.place(key)
    return key[0], channel * wiring.layers[key[0]].shape.length + position


def seen_all(wiring: Wiring, starts: Iterable[Key], backwards: bool) -> list[set[int]]:
    return [units(wiring, layer, found) for layer, found in enumerate(wiring.reached(starts, backwards))]


@every_network
def test_layers_have_the_same_units_in_the_same_places(text: str) -> None:
    network, graph = network_of(text), graph_of(text)
    assert network.names == graph.names
    assert network.nodes == graph.nodes
    assert network.layer_of == graph.layer_of
    assert (network.dropped, network.sees_zero) == (graph.dropped, graph.sees_zero)
    for layer, (one, other) in enumerate(zip(network.layers, graph.layers, strict=True)):
        assert vars(one.info) == {**vars(other.info), "window": one.info.window}
        for what in ("shape", "inputs", "total", "units", "places", "by_place", "pads", "combination", "mixed_axes"):
            assert getattr(one, what) == getattr(other, what), what
        assert [one.unit_name(number) for number in range(one.total)] == [network.names[unit] for unit in one.units]
        (channels, length) = one.shape
        for place in itertools.product(range(-2, channels + 2), range(-2, length + 2)):
            inside = 0 <= place[0] < channels and 0 <= place[1] < length
            assert one.has(place) == other.has(place) == inside
            key = network.key_at(layer, place)
            assert key == ((layer, place[0] * length + place[1]) if inside else None)
            assert (graph.key_at(layer, place) is None) != inside
            if key is not None:
                unit = network.unit(key)
                assert unit is not None
                assert network.place(key) == place == graph.place((layer, unit))
                assert network.key(unit) == key
                assert graph.key_at(layer, place) == graph.key(unit) == (layer, graph.unit((layer, unit)))
        keys = [*network.keys(layer)]
        assert [network.unit(key) for key in keys] == [key[1] for key in graph.keys(layer)] == one.units
        assert network.positions(layer, [key[1] for key in keys[:3]]) == graph.positions(layer, one.units[:3])
        assert network.positions(layer, range(one.total)) == one.shape.length


@every_network
def test_connections_are_the_same(text: str) -> None:
    said = []
    for wiring in (network_of(text), graph_of(text)):
        said.append(
            Counter(
                (source, target, wiring.parameter(number), wiring.weights[number], role, wiring.layer(number))
                for number, (source, target, role) in enumerate(
                    zip(wiring.sources, wiring.targets, wiring.roles, strict=True)
                )
            )
        )
        covered = [number for span in wiring.spans for number in range(span.start, span.stop)]
        assert covered == [*range(len(wiring))]
        for span in wiring.spans:
            assert {(wiring.layer(number), wiring.roles[number]) for number in range(span.start, span.stop)} <= {
                (span.layer, span.role)
            }
    assert said[0] == said[1]


@every_network
def test_whatever_units_depend_on_and_reach_is_the_same(text: str) -> None:
    network, graph = network_of(text), graph_of(text)
    for layer, view in enumerate(network.layers):
        starts = [*((unit,) for unit in view.units), view.units[:2], view.units]
        for start, backwards in itertools.product(starts, (True, False)):
            found = seen_all(network, [network.key(unit) for unit in start], backwards)
            assert found == seen_all(graph, [(layer, unit) for unit in start], backwards), (layer, start, backwards)
            walked = network.walk([network.key(unit) for unit in start], backwards)
            assert {network.unit(key) for key in walked} == {
                key[1] for key in graph.walk([(layer, unit) for unit in start], backwards)
            }


def outline(text: str) -> NetworkWiring:
    """The wiring of a network of any size, of which nothing is made."""
    blueprint = Blueprint(parse(text)[0])
    nothing: list[Collection[int]] = [()] * len(blueprint.stages)
    return wire(blueprint, Part([*nothing], [*nothing]))


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("900000 conv:3,p=1 maxpool:3,s=1,p=1 relu fc:1", [(3, 0)]),
        ("x=900000 a=conv:3,p=1 b=conv:1,from=x add:a fc:2", [(4, 1)]),
        ("300000 fc:200000 conv:1 softmax", [(2, 7)]),
        ("5 conv:3", [(1, unit) for unit in range(3)]),
        ("x=4 conv:1 add:x", [(2, unit) for unit in range(4)]),
    ],
)
def test_whole_layers_are_ranges_on_the_way_however_large(text: str, starts: list[Key]) -> None:
    wiring = outline(text)
    for layer, found in enumerate(wiring.reached(starts, backwards=True)[: starts[0][0]]):
        assert found == range(wiring.layers[layer].shape.units), layer


@pytest.mark.parametrize(
    ("text", "starts", "seen"),
    [
        ("5 conv:3", [(1, 0), (1, 1)], {0, 1, 2, 3}),
        ("5 conv:1,s=2", [(1, 0), (1, 1), (1, 2)], {0, 2, 4}),
        ("5,drop=2 fc:3", [(1, 0)], {0, 2, 3, 4}),
        ("x=5 conv:3,p=1 y=fc:2,from=x,drop=1", [(2, 0), (2, 1)], {0, 1, 2, 3, 4}),
    ],
)
def test_of_other_layers_units_are_named_one_by_one(text: str, starts: list[Key], seen: set[int]) -> None:
    found = outline(text).reached(starts, backwards=True)[0]
    assert {*found} == seen
    assert isinstance(found, range) == (len(seen) == 5)


@every_network
def test_what_units_look_at_is_the_same(text: str) -> None:
    network, graph = network_of(text), graph_of(text)
    for layer, view in enumerate(network.layers):
        if not view.inputs or view.kind.left_out:
            continue
        places = [view.places[unit] for unit in view.units]
        for chosen in (*([place] for place in places), places[:2], places):
            found = {source: seen for source, seen in network.seen(layer, chosen).items() if seen}
            assert found == graph.seen(layer, chosen)
        for position, source in itertools.product(range(view.shape.length), {*view.inputs}):
            assert network.window(layer, position, source) == graph.window(layer, position, source)


@every_network
def test_weights_are_the_same(text: str) -> None:
    network, graph = network_of(text), graph_of(text)
    for layer, view in enumerate(network.layers):
        names = {number: network.parameter(number) for number in network.into(layer)}
        assert [network.parameter(number) for number in network.into(layer)] == [*names.values()]
        assert sorted(filter(None, names.values())) == sorted(
            filter(None, (graph.parameter(number) for number in graph.into(layer)))
        )
        used = [*network.used_parameters(layer)]
        assert len({*used}) == len({*graph.used_parameters(layer)}) == view.info.weights
        kernel = network.kernel(layer)
        assert {indices: kernel[indices] for indices in graph.kernel(layer)} == graph.kernel(layer)
        if view.kind.has_weights:
            weights, values = network.weights_into(layer)
            named, also = graph.weights_into(layer)
            assert [*values] == [*also]
            assert sorted(network.parameter_weights([layer]).values()) == sorted(values)
            for number in range(len(weights)):
                chosen = slice(number, number + 2)
                assert network.repeats(layer, weights[chosen]) == graph.repeats(layer, named[chosen])
            assert network.repeats(layer, weights) == view.info.connections
        else:
            assert (used, kernel, network.parameter_weights([layer])) == ([], {}, {})


@every_network
def test_names_of_weights_are_known_that_connections_have(text: str) -> None:
    network, graph = network_of(text), graph_of(text)
    tensors = [f"{layer.info.name}.weight" for layer in network.layers] + ["z.weight"]
    indices = [",".join(map(str, each)) for size in (1, 2, 3) for each in itertools.product(range(3), repeat=size)]
    odd = ["[]", "[0", "[-1,0,0]", "[0,0,9999999999]", "[a]", "[0,0,4]", "[,]"]
    names = [f"{tensor}{end}" for tensor in tensors for end in ("", *odd, *(f"[{inner}]" for inner in indices))]
    known = {name for name in names if graph.has_parameter(name)}
    assert {name for name in names if network.has_parameter(name)} == known


@every_network
def test_ends_and_degrees_of_a_part_are_those_of_the_whole(text: str) -> None:
    graph, whole = graph_of(text), network_of(text)
    for wiring in (whole, parts(text)):
        there = {unit: whole.unit(wiring.key(unit)) for unit in range(len(wiring.names))}
        few = [unit for unit in there if unit % 3]
        expected = graph.degrees([unit for one in few if (unit := there[one]) is not None])
        assert {there[unit]: degree for unit, degree in wiring.degrees(few).items()} == expected
        for unit, also in there.items():
            assert also is not None
            only, source = wiring.only_source(unit), graph.only_source(also)
            assert source == (None if only is None else there[only]) or (wiring is not whole and only is None)
        valued = {layer for layer, view in enumerate(wiring.layers) if view.kind.has_weights}
        ends = Counter((there[end.unit], whole.unit(end.other), end.layer, end.value) for end in wiring.ends(set(few)))
        others = graph.ends({unit for one in few if (unit := there[one]) is not None})
        assert ends == Counter(
            (end.unit, end.other[1], end.layer, end.value if end.layer in valued else None) for end in others
        )
        for layer, view in enumerate(wiring.layers):
            if view.kind.has_weights:
                assert {*wiring.used_parameters(layer)} == {*whole.used_parameters(layer)}
                assert [[*each] for each in wiring.weights_into(layer)] == [
                    [*each] for each in whole.weights_into(layer)
                ]


@every_network
def test_the_winners_of_maxima_are_the_same(text: str) -> None:
    if "..." in text:
        return
    (network,) = parse(text)
    rng = np.random.default_rng(3)
    x = [rng.integers(-2, 3, network.stages[number].shape) / 2 for number in network.inputs()]
    blueprint = Blueprint(network)
    values = network_values(blueprint, x if len(x) > 1 else x[0])
    whole, graph = wire(blueprint, biases=False), read(build(network))
    whole.take_values(values)
    graph.values = {unit: values[layer][whole.key(unit)[1]] for unit, layer in enumerate(graph.layer_of)}
    assert whole.values == graph.values
    assert whole.largest == max(map(abs, graph.values.values()))
    assert whole.winners() == graph.winners()
    part = parts(text)
    part.take_values(values)
    assert part.largest == whole.largest
    there = {unit: whole.unit(part.key(unit)) for unit in range(len(part.names))}
    assert {there[unit]: value for unit, value in part.values.items()} == {
        unit: graph.values[unit] for unit in there.values() if unit is not None
    }
    won = {there[unit]: there[best] for unit, best in part.winners().items()}
    assert won == {unit: best for unit, best in graph.winners().items() if {unit, best} <= {*there.values()}}


@pytest.mark.parametrize(
    "text",
    [*NETWORKS, "7 conv:3,s=2,p=1,bias fc:3,bias", "2x5 sparse:3,p=2,c=2,bias,drop=2", "3 pad:1,value=2 fc:4,bias"],
)
def test_a_part_has_the_connections_of_the_whole_that_one_of_its_units_has(text: str) -> None:
    blueprint = Blueprint(parse(text)[0], padding=True)
    shown = [{*range(0, stage.shape.units, 2)} for stage in blueprint.stages]
    hidden = [{*range(stage.shape.units)} & {1, 3} for stage in blueprint.stages]
    whole, part = wire(blueprint), wire(blueprint, Part([*shown], [*hidden]))

    def said(wiring: NetworkWiring, number: int) -> tuple[object, ...]:
        ends = wiring.nodes[wiring.sources[number]], wiring.nodes[wiring.targets[number]]
        return (*ends, wiring.parameter(number), wiring.weights[number], wiring.roles[number].name)

    def belongs(number: int) -> bool:
        """A bias leads to what is shown, padding to what is there, others have an end that is shown."""
        (layer, target), (before, source) = (whole.key(unit) for unit in (whole.targets[number], whole.sources[number]))
        if whole.roles[number] is BIAS:
            return target in shown[layer]
        known = target in shown[layer] | hidden[layer]
        if whole.roles[number] is PADDING:
            return known
        there = known and source in shown[before] | hidden[before]
        return there and (target in shown[layer] or source in shown[before])

    found = Counter(said(part, number) for number in range(len(part)))
    assert found == Counter(said(whole, number) for number in range(len(whole)) if belongs(number))
    for layer, view in enumerate(part.layers):
        assert [part.key(unit) for unit in view.units] == [
            (layer, flat) for flat in sorted(shown[layer] | hidden[layer])
        ]
        assert view.info == whole.layers[layer].info
        assert {*view.padding.values()} <= {*whole.layers[layer].padding.values()}
        assert view.pads == whole.layers[layer].pads == blueprint.zeros(layer)
    assert {part.nodes[unit] for unit in part.dropped} == {
        whole.nodes[unit] for unit in whole.dropped if whole.nodes[unit] in part.nodes
    }
    assert wire(Blueprint(parse(text)[0], padding=True), biases=False).biases == {}


@every_network
def test_facts_are_the_same(text: str) -> None:
    (network,) = parse(text)
    graph = build(network)
    assert describe(network) == describe(graph)


@every_network
def test_padding_is_the_same(text: str) -> None:
    (network,) = parse(text)
    graph = build(network, padding=True)
    drawn, again = wire(Blueprint(network, padding=True), biases=False), read(graph, padding=True)
    assert drawn.nodes == again.nodes
    for one, other in zip(drawn.layers, again.layers, strict=True):
        assert one.pads == other.pads
        assert one.padding == other.padding
        positions = {position for _, position in one.padding.values()}
        assert positions == {*range(-one.pads[0], one.shape.length + one.pads[1])} - {*range(one.shape.length)}


@pytest.mark.parametrize(
    ("text", "taps"),
    [
        ("7 conv:3,p=2,drop=1/2/5", 3),
        ("4x6 conv:4,s=2,p=3,c=4,g=2,drop=2/8/13", 8),
        ("2x5 sparse:3,p=2,c=2,bias,drop=2/4/14", 6),
        ("6 maxpool:5,s=1,p=2,drop=2/3", 5),
    ],
)
def test_with_its_padding_each_unit_that_is_not_dropped_has_all_taps(text: str, taps: int) -> None:
    wiring = wire(Blueprint(parse(text)[0], padding=True), biases=False)
    assert wiring.dropped
    found = Counter(wiring.targets)
    assert {unit: found[unit] for unit in wiring.layers[1].units} == {
        unit: 0 if unit in wiring.dropped else taps for unit in wiring.layers[1].units
    }


def test_biases_and_padding_are_units_of_no_place() -> None:
    wiring = wire(Blueprint(parse("4 conv:3,p=1,bias fc:2,bias")[0], padding=True))
    beside = [unit for unit, layer in enumerate(wiring.layer_of) if unit not in wiring.layers[layer].places]
    assert len(beside) == 4
    assert all(wiring.key(unit)[1] < 0 for unit in beside)
    assert [*wiring.ends({*beside})] == []
    assert wiring.degrees(beside) == {}


def test_biases_are_1_beside_the_values_of_a_network() -> None:
    blueprint = Blueprint(parse("2 conv:1,w=0.25,bias")[0])
    wiring = wire(blueprint)
    wiring.take_values([[0.5, -0.25], [0.0, 0.0]])
    assert wiring.values == {0: 0.5, 1: -0.25, 2: 0.0, 3: 0.0, wiring.biases[1]: 1.0}
    assert wiring.largest == 1.0
    plain = wire(blueprint, biases=False)
    plain.take_values([[0.5, -0.75], [0.0, 0.0]])
    assert plain.largest == 0.75
