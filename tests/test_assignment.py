"""Which array goes to which layer: by what the layer says, by its name, or in an order that the file states."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, Run
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

import connectivity
from connectivity import Figure, FigureFileError, WeightsError, build, evaluate, load_weights, parse
from connectivity.errors import LeftOver
from connectivity.network import Network
from connectivity.pages.source import read_source
from connectivity.weightfiles.assignment import assign
from connectivity.weightfiles.weights import Weights

STATES = ROOT / "tests" / "states"
X = [1, 2, 3, 5, 8, 1]
CONV = np.array([[[1.0, 0, -1]]])
FC = np.array([[2.0, 3, 5, 7]])


def network(text: str) -> Network:
    (found,) = parse(text)
    return found


def weights(*pairs: tuple[str, Any], **about: Any) -> Weights:
    return Weights(dict(pairs), **about)


def where(text: str, found: Weights) -> dict[str, str]:
    """Where each array goes."""
    return dict(assign(network(text), found).targets)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("6 conv:3 fc:1", ("h1", "y")),  # the names of layers that nobody named
        ("6 a=conv:3 b=fc:1", ("a", "b")),
        ("6 a=conv:3 b=fc:1", ("body.a", "head.b")),  # by the ends of their names
        ("6 a=conv:3 b=fc:1", ("model.net.a", "b")),
        ("6 conv:3,load=body.0 fc:1,load=head", ("body.0", "head")),
        ("6 conv:3,load=0 fc:1,load=head", ("body.0", "model.head")),
        ("6 conv:3,load=body fc:1,load=head", ("body.0", "head.0")),  # the only module there
        ("6 conv:3 fc:1", ("encoder", "decoder")),  # in order
        ("6 a=conv:3 fc:1", ("a", "decoder")),  # the one after that of the layer before
        ("6 conv:3 b=fc:1", ("encoder", "b")),
    ],
)
def test_where_arrays_go(text: str, names: tuple[str, str]) -> None:
    first, second = names
    layers = network(text).names()[1:]
    found = weights((f"{first}.weight", CONV), (f"{second}.weight", FC))
    assert where(text, found) == {f"{first}.weight": f"{layers[0]}.weight", f"{second}.weight": f"{layers[1]}.weight"}


def test_a_name_ends_in_another_at_a_dot() -> None:
    found = weights(("a.h.weight", CONV), ("smooth.weight", 2 * CONV), ("a.booth.weight", 2 * CONV))
    assert where("6 h=conv:3", found) == {"a.h.weight": "h.weight"}


@pytest.mark.parametrize("reverse", [False, True])
def test_names_are_heeded_whatever_the_order(reverse: bool) -> None:
    pairs = [("net.a.weight", np.eye(4)), ("net.b.weight", 2 * np.eye(4))]
    found = assign(network("4 a=fc:4 b=fc:4"), weights(*(reversed(pairs) if reverse else pairs))).arrays
    assert (found["a"]["weight"][0, 0], found["b"]["weight"][0, 0]) == (1, 2)


def test_a_layer_that_is_named_and_found_nowhere_does_not_take_what_is_next() -> None:
    found = weights(("0.weight", CONV), ("2.weight", FC))
    with pytest.raises(WeightsError, match=r'hold no "h.weight".*say map=\{"h": "0", "y": "2"\} '):
        assign(network("6 h=conv:3 fc:1"), found)
    assert where("6 h=conv:3 fc:1", found.chosen(None, {"h": "0"})) == {"0.weight": "h.weight", "2.weight": "y.weight"}


def test_a_file_without_an_order_is_not_taken_in_one(tmp_path: Path) -> None:
    """Of encoder and decoder, alike in shape, the writers of .safetensors put the decoder first."""
    save_file({"encoder.weight": np.eye(4), "decoder.weight": 2 * np.eye(4)}, tmp_path / "w.safetensors")
    found = load_weights(tmp_path / "w.safetensors")
    with pytest.raises(WeightsError, match=r"states no order .*say --map h1=decoder --map y=encoder "):
        assign(network("4 fc:4 fc:4"), found)
    said = found.chosen(None, {"h1": "encoder", "y": "decoder"})
    assert assign(network("4 fc:4 fc:4"), said).arrays["y"]["weight"][0, 0] == 2
    assert where("4 fc:4,load=encoder fc:4,load=decoder", found) == where("4 fc:4 fc:4", said)


def test_what_is_meant_fits_where_no_order_is_stated() -> None:
    found = weights(("decoder.weight", FC), ("encoder.weight", CONV), ordered=False)
    with pytest.raises(WeightsError, match=r'say map=\{"h1": "encoder", "y": "decoder"\} '):
        assign(network("6 conv:3 fc:1"), found)


def test_numbers_state_an_order_and_so_does_being_alone() -> None:
    found = weights(("body.0.weight", CONV), ("body.3.weight", FC), ordered=False)
    assert where("6 conv:3 fc:1", found) == {"body.0.weight": "h1.weight", "body.3.weight": "y.weight"}
    assert where("6 conv:3", weights(("encoder.weight", CONV), ordered=False)) == {"encoder.weight": "y.weight"}
    last = weights(("a.weight", CONV), ("z.weight", FC), ordered=False)
    assert (
        where("6 z=conv:3 fc:1", weights(("a.weight", FC), ("z.weight", CONV), ordered=False))["a.weight"] == "y.weight"
    )
    assert where("6 conv:3,load=a fc:1", last)["z.weight"] == "y.weight"
    with pytest.raises(WeightsError, match="state no order"):
        assign(network("6 conv:3 fc:1"), weights(("body.0.weight", CONV), ("head.0.weight", FC), ordered=False))


@given(st.integers(1, 6), st.integers(0, 4))
def test_of_a_file_in_order_the_first_modules_are_taken(layers: int, more: int) -> None:
    matrices = [(f"{2 * n}.weight", np.full((3, 3), float(n))) for n in range(layers + more)]
    found = assign(network("3 " + "fc:3 " * layers), weights(*matrices))
    assert [found.arrays[name]["weight"][0, 0] for name in network("3 " + "fc:3 " * layers).names()[1:]] == [
        *range(layers)
    ]
    assert len(found.notes) == (more > 0)


def test_what_is_left_over_is_noted() -> None:
    state = {"0.weight": CONV, "1.running_mean": [1], "2.weight": FC, "2.num_batches_tracked": 3}
    with pytest.warns(LeftOver, match=r"the weights hold more than the network takes: 1.running_mean, 2.weight$"):
        build(network("6 conv:3"), state)


@pytest.mark.parametrize(
    ("text", "pairs", "words"),
    [
        ("6 conv:3 fc:1", [("0.weight", CONV), ("2.weight", FC[:, :3])], r"2.weight has shape \[1, 3\], but y needs \[1, 4\] .in order: h1 = 0, y = 2"),
        ("6 conv:3 fc:1", [("0.weight", CONV)], "hold nothing more for y: they are of 1 layer .0., and the network has 2"),
        ("6 conv:3 fc:1", [("0.weight", CONV), ("1.weight", [1]), ("2.weight", FC)], "1.weight has shape"),
        ("6 conv:3", [("0.weight", CONV), ("0.running_var", [1])], "0.running_var is no array of y .conv.; say batchnorm"),
        ("6 y=conv:3", [("y.wieght", CONV)], 'no "y.weight"'),
        ("6 y=conv:3", [("y.weight", CONV), ("y.bais", [1])], 'did you mean "y.bias"'),
        ("6 h=conv:3", [("a.h.weight", CONV), ("b.h.weight", CONV)], "several modules called h: a.h, b.h; say which"),
        ("6 conv:3,load=q", [("a.weight", CONV)], 'what "q" is, which y takes: there are a'),
        ("6 conv:3,load=a", [("a.0.weight", CONV), ("a.1.weight", CONV)], "it could be a.0, a.1"),
        ("6 conv:3", [("a.weight", np.array([[[1, np.nan, 1]]]))], r"y.weight\[0,0,1\] is nan"),
        ("6 conv:3", [("a.weight", [[["a", "b", "c"]]])], "weights are real numbers"),
        ("6 conv:3", [("a.weight", [[1], [1, 2]])], "is not an array"),
        ("6 conv:3", [], "hold no arrays for layers"),
        ("6 conv:3,bias", [("a.weight", CONV)], r'no "a.bias" .shape \[1\]'),
        ("6 conv:3", [("weight_orig", CONV), ("weight_u", [1]), ("weight_v", [1])], "remove_spectral_norm"),
        ("6 conv:3", [("a.parametrizations.weight.original", CONV)], "remove_parametrizations"),
        ("6 conv:3", [("weight_orig", CONV), ("weight_mask", np.ones((2, 3)))], "do not fit each other"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(text: str, pairs: list[tuple[str, Any]], words: str) -> None:
    with pytest.raises(WeightsError, match=words):
        build(network(text), weights(*pairs))


def test_biases_that_the_network_does_not_speak_of_are_asked_for() -> None:
    state = {"h1.weight": CONV, "h1.bias": [1.0], "y.weight": FC, "y.bias": [2.0]}
    with pytest.raises(WeightsError, match="hold biases for h1, y, of which the network says nothing"):
        evaluate(network("6 conv:3 fc:1"), X, state)
    with pytest.raises(WeightsError, match="hold a bias for y,"):
        evaluate(network("6 conv:3,bias fc:1"), X, state)
    without = {"h1.weight": CONV, "y.weight": FC}
    assert evaluate(network("6 conv:3,bias=false fc:1,bias=false"), X, state) == evaluate(
        network("6 conv:3 fc:1"), X, without
    )
    assert evaluate(network("6 conv:3,bias fc:1,bias"), X, state).tolist() == [
        [float((FC @ (np.correlate(X, [1, 0, -1], "valid") + 1))[0]) + 2]
    ]


def test_what_nobody_said_is_drawn_as_what_is_denied() -> None:
    assert connectivity.draw("6 conv:3 fc:2") == connectivity.draw("6 conv:3,bias=false fc:2,bias=false")


def test_tied_weights_are_taken_once() -> None:
    text = "4 a=fc:4 fc:4,share=a fc:2"
    tied = weights(("a.weight", np.eye(4)), ("b.weight", np.eye(4)), ("c.weight", np.ones((2, 4))))
    assert where(text, tied) == {"a.weight": "a.weight", "c.weight": "y.weight"}
    assert assign(network(text), tied).notes == []


def test_prefixes() -> None:
    state = weights(("encoder.0.weight", CONV), ("encoder.2.weight", FC), ("net.decoder.0.weight", np.ones((1, 1, 3))), ("net.decoder.2.weight", FC))  # fmt: skip
    for prefix in ("encoder", "encoder."):
        assert [*where("6 conv:3 fc:1", state.chosen(prefix, None))] == ["encoder.0.weight", "encoder.2.weight"]
    assert assign(network("6 conv:3 fc:1"), state.chosen("encoder", None)).notes == []
    nested = weights(("net.h.weight", CONV), ("net.old.h.weight", 2 * CONV)).chosen("net", None)
    for text in ("6 h=conv:3", "6 conv:3,load=h"):
        assert [*where(text, nested)] == ["net.h.weight"]
    assert [*where("6 conv:3 fc:1", state.chosen("decoder", None))] == ["net.decoder.0.weight", "net.decoder.2.weight"]
    with pytest.raises(WeightsError, match=r'prefix "encodr" .* no name begins with it \(did you mean "encoder"'):
        assign(network("6 conv:3"), state.chosen("encodr", None))
    with pytest.raises(WeightsError, match=r'prefix "0" .*encoder.0, net.decoder.0 end in it'):
        assign(network("6 conv:3"), state.chosen("0", None))
    with pytest.raises(WeightsError, match=r'map names "q": no layer .* has that name'):
        assign(network("6 conv:3"), state.chosen(None, {"q": "encoder.0"}))


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("6 conv:3,load=a,weight=1/2/3", 15, "weights of a file and weights of its own contradict each other"),
        ("6 h=conv:3,p=1 conv:3,share=h,load=a", 36, 'weights of a file and those of "h"'),
        ("6 maxpool:2,load=a", 13, 'no parameter "load"'),
    ],
)
def test_load_where_it_cannot_be(text: str, column: int, words: str) -> None:
    with pytest.raises(connectivity.NotationError, match=words) as caught:
        parse(text)
    assert caught.value.column == column


def test_load_without_a_file_is_refused() -> None:
    with pytest.raises(WeightsError, match='y takes "a" of a weight file, but there is none: --weights FILE'):
        build(network("6 conv:3,load=a"))


class Tensor:
    """As much of a tensor of PyTorch as is asked of it: one that requires a gradient is no array."""

    shape = (1, 1, 3)

    def __array__(self, *arguments: Any, **options: Any) -> Any:
        raise RuntimeError("can't call numpy() on a tensor that requires grad")

    def detach(self) -> Tensor:
        return self

    cpu = detach

    def double(self) -> Any:
        return CONV


def test_tensors_of_pytorch_are_taken_as_they_are() -> None:
    assert evaluate(network("6 conv:3"), X, {"y.weight": Tensor()}).tolist() == [[-2, -3, -5, 4]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    arrays: Mapping[str, Any] = {"encoder.0.weight": CONV, "encoder.2.weight": FC, "decoder.weight": np.eye(3)}
    np.savez(tmp_path / "w.npz", **arrays)
    return tmp_path


PLAIN = "6 conv:3,weight=1/0/-1 fc:1,weight=2/3/5/7"


def test_paths_prefixes_and_maps_everywhere(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    expected = connectivity.draw(PLAIN)
    chosen = load_weights("w.npz", "encoder", {"h": "0"})
    assert connectivity.draw("6 conv:3 fc:1", weights=load_weights("w.npz", "encoder")) == expected
    mapped = connectivity.draw("6 h=conv:3 fc:1", weights=chosen)
    assert evaluate(network("6 conv:3"), X, weights={"0.weight": CONV}).tolist() == [[-2, -3, -5, 4]]
    assert run("draw", "6", "conv:3", "fc:1", "--weights", "w.npz", "--prefix", "encoder").stdout == expected
    arguments = ("draw", "6", "h=conv:3", "fc:1", "--weights", "w.npz", "--prefix", "encoder", "--map", "h=0")
    assert run(*arguments).stdout == mapped
    file = 'network = "6 h=conv:3 fc:1"\nweights = "w.npz"\nprefix = "encoder"\nmap = { h = "0" }\n'
    assert Figure.parse(file).draw() == mapped
    panel = '[[panel]]\nnetwork = "6 h=conv:3 fc:1"\nprefix = "encoder"\nmap = { h = "0" }\n'
    assert Figure.parse('weights = "w.npz"\n' + panel).draw() == mapped
    said = {"weights": "w.npz", "prefix": "encoder", "map": "h=0\ny=2"}
    assert read_source("6 h=conv:3 fc:1", said, ".", str).figure().draw() == mapped
    with pytest.warns(LeftOver, match='"w.npz" holds more than the network takes: encoder.2.weight, decoder.weight'):
        assert connectivity.draw("6 conv:3", weights="w.npz") == connectivity.draw("6 conv:3,weight=1/0/-1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--prefix", "encoder"], "they need --weights FILE"),
        (["--weights", "w.npz", "--map", "h"], 'map "h" is not NAME=MODULE, as h=encoder.0'),
        (["--weights", "w.npz", "--map", "y=a", "--map", "y=b"], 'map names "y" twice'),
        (["--weights", "w.npz", "--map", "q=encoder.0"], 'map names "q"'),
    ],
)
def test_wishes_that_are_none(arguments: list[str], words: str, folder: Path, run: Run) -> None:
    done = run("draw", "6", "conv:3", *arguments, "-o", "a.svg")
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert not (folder / "a.svg").exists()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('network = "6 conv:3"\nprefix = "a"', "2:1: prefix says what of a weight file is taken"),
        ('network = "6 conv:3"\nweights = "w.npz"\nprefix = 3', "3:10: prefix must be a text"),
        ('network = "6 conv:3"\nweights = "w.npz"\nmap = { y = 3 }', "3:7: map must be a table of texts"),
        ('network = "6 h=conv:3"\nweights = "w.npz"', '2:11: "w.npz" holds no "h.weight"'),
    ],
)
def test_mistakes_of_figure_files_have_their_place(
    text: str, place: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(FigureFileError) as caught:
        Figure.parse(text).draw()
    assert place in str(caught.value)


def test_a_list_says_where_each_array_goes(folder: Path, run: Run) -> None:
    listed = run("draw", "6", "conv:3", "fc:1", "--weights", "w.npz", "--list-weights")
    assert listed.stdout.decode().splitlines() == [
        "encoder.0.weight  [1, 1, 3]  float64  h1.weight",
        "encoder.2.weight  [1, 4]     float64  y.weight",
        "decoder.weight    [3, 3]     float64  -",
    ]
    wrong = run("describe", "6", "h=conv:3", "--weights", "w.npz", "--list-weights")
    assert (wrong.returncode, len(wrong.stdout.splitlines())) == (2, 3)
    assert b'holds no "h.weight"' in wrong.stderr


@pytest.mark.parametrize("name", sorted(path.name for path in STATES.iterdir() if path.suffix != ".json"))
def test_every_format_is_listed(name: str, run: Run) -> None:
    done = run("draw", "--weights", str(STATES / name), "--list-weights")
    assert (done.returncode, done.stderr) == (0, b"") if name != "module.pt" else done.returncode == 2
    assert done.stdout.count(b"\n") == (0 if name == "module.pt" else len(load_weights(STATES / name)))
