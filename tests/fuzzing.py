"""What is fuzzed: each target takes bytes, and whatever they are, answers or says in one message what is wrong.

A target is a function of bytes that raises nothing: of what it calls, a ConnectivityError is an answer, and everything
else is a defect. Seeds are what the other tests have: the gallery, ``tests/bad``, recorded models and states.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import random
import re
import shutil
import tempfile
import tomllib
import warnings
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import badcases
import badfiles

import connectivity
from connectivity.doors import fence
from connectivity.errors import ConnectivityError, harmless
from connectivity.figure import Figure
from connectivity.figures.figurefile import parse_figure
from connectivity.graphs import graphfile
from connectivity.graphs.facts import describe
from connectivity.models.kerasfile import read_keras
from connectivity.models.onnx.reading import read_onnx
from connectivity.network import Network
from connectivity.pages.fences import fences
from connectivity.pages.places import Place
from connectivity.pages.showing import Wish, element, fault
from connectivity.pages.superfences import Reading
from connectivity.typeset.markup import problem
from connectivity.weightfiles.inputs import load_input
from connectivity.weightfiles.loading import READERS

ROOT = Path(__file__).parent.parent
NOT_OF_A_TOOL = (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError, RecursionError)
"""What a door answers with: it was not called by a tool."""

NAMING = ("highlight", "focus", "label", "window", "only", "edge_labels", "crop", "layers", "kernels")

UNITS = 400  # of networks that are drawn: others take long, as they must


class Target(NamedTuple):
    """A target: what is called, what it begins with, and words that are put into it."""

    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    words: Sequence[str] = ()


class Defect(AssertionError):  # noqa: N818  # it is the program's
    """What a target must never show."""


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """An error of ours is an answer, if its message can be shown to anybody."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except ConnectivityError as error:
            check_message(str(error))


def check_message(message: str) -> None:
    """Raise Defect for a message that a terminal would obey, that tells of this process, or says nothing."""
    if not message.strip() or harmless(message) != message or " at 0x" in message:
        raise Defect(f"a message: {message!r}")
    if len(message) > 20_000:
        raise Defect(f"an endless message: {message[:2000]!r}")


def text_of(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def is_chosen(data: bytes) -> bool:
    """Whether what is right is also drawn, which takes longer than to read it: one of eight."""
    return zlib.crc32(data) % 8 == 0


def is_small(figure: Figure) -> bool:
    """Whether a figure is soon drawn."""
    contents = [panel.what for panel in figure.panels]
    units = (stage.shape.units for one in contents if isinstance(one, Network) for stage in one.stages)
    return len(contents) <= 4 and sum(units) <= UNITS and all(isinstance(one, Network) for one in contents)


def notation(data: bytes) -> None:
    """A line of notation; what is right is described, and drawn where it is small."""
    with answering():
        panels = connectivity.parse(text_of(data))
        for panel in panels[:4]:
            if sum(stage.shape.units for stage in panel.stages) <= UNITS:
                describe(panel)
        if is_chosen(data) and is_small(figure := Figure.of(text_of(data))):
            figure.scene()


def figurefile(data: bytes) -> None:
    """A figure file, whose files are not there."""
    with answering():
        figure = Figure._of(parse_figure(data, "f.toml", EMPTY()), [])
        if is_chosen(data) and is_small(figure):
            figure.scene()


def options(data: bytes) -> None:
    """Options as a page says them, a line each, for a small network."""
    said = dict(line.partition("=")[::2] for line in text_of(data).split("\n") if line.strip())
    with answering():
        figure = Wish("x=2x5 a=conv:3,p=1 relu fc:2", said, place()).source().figure()
        if is_chosen(data):
            figure.scene()


def highlight(data: bytes) -> None:
    """What units and weights are called, in an option that names them."""
    text = text_of(data)
    option = NAMING[zlib.crc32(data) % len(NAMING)]
    with answering():
        said: Any = {option: text if option in ("crop", "layers") else [text]}
        Figure.of("x=2x6 a=conv:3,c=2 fc:2").changed(**said).scene()


def weights(suffix: str) -> Callable[[bytes], None]:
    """A weight file, and to which layers it goes."""

    def run(data: bytes) -> None:
        with answering():
            Figure.of("2x8 a=conv:3,c=2 fc:3").changed(weights=READERS[suffix](data, f"w{suffix}")).panels[
                0
            ].blueprint()

    return run


def kept(data: bytes, name: str) -> Path:
    """A file of these bytes."""
    path = EMPTY() / name
    path.write_bytes(data)
    return path


def graph(data: bytes) -> None:
    """A graph, described, drawn where it is small, and written again."""
    with answering():
        found = graphfile.loads(data, "g.json")
        describe(found)
        if is_chosen(data) and found.number_of_nodes() < UNITS and found.number_of_edges() < UNITS:
            Figure.of(found).scene()
            graphfile.loads(graphfile.dump(found, "json"))


def onnx(data: bytes) -> None:
    """A model of ONNX."""
    with answering():
        model = read_onnx(kept(data, "m.onnx"))
        if sum(stage.shape.units for stage in model.network.stages) <= UNITS:
            Figure.of(model).scene()


def keras(data: bytes) -> None:
    """A model of Keras, of which the list of layers is changed: its arrays are read in another process."""
    with answering():
        read_keras(kept(badfiles.keras(data), "m.keras"))


def table(data: bytes) -> None:
    """Values, and a mask, in a CSV file."""
    path = kept(data, "t.csv")
    with answering():
        load_input(path, 6)
    with answering():
        connectivity.parse("3 sparse:mask=t.csv", EMPTY())


def array(data: bytes) -> None:
    """Values in numpy's formats."""
    for name in ("a.npy", "a.npz"):
        with answering():
            load_input(kept(data, name), 6)


def label(format: str) -> Callable[[bytes], None]:
    """A text in a figure, in a format that it could break."""

    def run(data: bytes) -> None:
        with answering():
            text = text_of(data)[:300]
            drawn = Figure.of("2 fc:1").changed(title=text, label=[f"x.1={text}"], layer_title=[text]).draw(format)
            CHECKS[format](drawn.decode("utf-8"))

    return run


def check_svg(drawn: str) -> None:
    ET.fromstring(drawn)
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", drawn):
        raise Defect("a control character in an SVG")


def check_braces(drawn: str) -> None:
    """What TeX opens it closes, whatever is escaped or in a comment."""
    plain = re.sub(r"\\.|(?<!\\)%.*", "", drawn)
    if plain.count("{") != plain.count("}"):
        raise Defect("braces of TeX that do not fit")
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", drawn):
        raise Defect("a control character in TeX")


def check_quotes(drawn: str) -> None:
    """Strings of Typst end where they began, in a line."""
    for line in drawn.split("\n"):
        if not line.lstrip().startswith("//") and re.sub(r"\\.", "", line).count('"') % 2:
            raise Defect(f"a string of Typst that is not ended: {line[:200]}")


CHECKS = {"svg": check_svg, "tex": check_braces, "typ": check_quotes}


def page(data: bytes) -> None:
    """A page of Markdown, as it is read by those who follow CommonMark and by superfences, with its figures."""
    text = text_of(data)
    for _, message in Reading(text).misread:
        check_message(message)
    for number, one in enumerate(list(fences(text))[:3], 1):
        with answering():
            answer = fence.answer([], {"figures": [{"text": one.text, "info": one.info}], "root": str(EMPTY())})
            check_message(json.dumps(answer.get("figures")[0].get("error", "nothing")))
        wish = Wish(one.text, {"caption": one.info}, place())
        try:
            element(wish, number)
        except ConnectivityError as error:
            check_message(fault(error, wish).message)


def directive(data: bytes) -> None:
    """A directive: the first line is its argument, then options, then content."""
    head, *lines = text_of(data).split("\n")
    said = {name: value for line in lines if line[:1] == ":" for name, _, value in [line[1:].partition(": ")]}
    below = "\n".join(line for line in lines if line[:1] != ":")
    wish = Wish(head or below, said, place())
    with answering():
        try:
            figure = wish.source().figure()
        except ConnectivityError as error:
            check_message(fault(error, wish).message)
            return
        if is_chosen(data) and is_small(figure):
            figure.scene()


def door(data: bytes) -> None:
    """What a tool says to the door for all tools."""
    try:
        asked = json.loads(data)
    except (ValueError, RecursionError):
        return
    with answering(), contextlib.suppress(*NOT_OF_A_TOOL):
        fence.answer([], {**asked, "root": str(EMPTY())})


def formula(data: bytes) -> None:
    """What stands between dollar signs."""
    wrong = problem(f"${text_of(data)[:400]}$")
    if wrong is not None:
        check_message(wrong.message)


@cache
def EMPTY() -> Path:  # noqa: N802  # it is a constant that is made when it is wanted
    """A folder of its own for this process, in memory where there is such a place."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="connectivity-fuzz-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def place() -> Place:
    return Place(EMPTY(), EMPTY(), EMPTY())


def lines_of_corpus(*topics: str) -> list[bytes]:
    """The command lines of ``tests/bad``, without what is common to all."""
    found = [entry for entry in badcases.every() if entry.topic in topics]
    lines = [badcases.expanded(entry.command) for entry in found]
    return [re.sub(r"^connectivity draw | -o \S+$", "", line)[:300].encode() for line in lines]


def files_of_corpus(*topics: str) -> list[bytes]:
    found = [entry for entry in badcases.every() if entry.topic in topics]
    texts = [badcases.expanded(text) for entry in found for text in entry.files.values()]
    return [text.encode() for text in texts if len(text) < 3000]


def gallery() -> list[bytes]:
    return [path.read_bytes() for path in sorted((ROOT / "samples").glob("*.toml"))]


def networks() -> list[bytes]:
    said = (tomllib.loads(text.decode()).get("network") for text in gallery())
    return [text.encode() for text in said if isinstance(text, str)]


def binary(*suffixes: str) -> list[bytes]:
    """Files that the tests have, small ones, and those that are damaged already."""
    folders = (ROOT / "tests" / name for name in ("states", "models/recorded", "models/keras"))
    whole = [path.read_bytes() for folder in folders for path in sorted(folder.iterdir()) if path.suffix in suffixes]
    damaged = [data for name, data in badfiles.FILES.items() if name.endswith(suffixes) and isinstance(data, bytes)]
    return [data for data in [*whole, *damaged] if len(data) < 12_000]


def labels() -> list[bytes]:
    said = tomllib.loads((ROOT / "tests" / "labels.toml").read_text(encoding="utf-8"))
    return [one["text"].encode() for one in said["label"]]


def graphs() -> list[bytes]:
    whole = [graphfile.dump(connectivity.build(connectivity.parse(line)[0]), "json") for line in ("3 fc:2", "4 conv:3")]
    return [*whole, *files_of_corpus("graphs")]


def configurations() -> list[bytes]:
    import zipfile

    found = []
    for path in sorted((ROOT / "tests" / "models" / "keras").glob("*.keras")):
        with zipfile.ZipFile(path) as archive:
            found.append(archive.read("config.json"))
    return found


def pages() -> list[bytes]:
    lines = [*networks()[:20], *gallery()[:10]]
    heads = [b"theme=dark", b'{.connectivity alt="a" max-units=3}', b"caption='a' no-captions"]
    return [b"a\n\n```connectivity " + head + b"\n" + line + b"\n```\n\nb\n" for line in lines for head in heads]


def directives() -> list[bytes]:
    heads = [b":theme: dark\n:max-units: 3", b":weights: w.npz\n:alt: a b", b":highlight: y.1"]
    return [line + b"\n" + head for line in networks()[:20] for head in heads] + [
        b"\n" + text for text in gallery()[:10]
    ]


def asked() -> list[bytes]:
    request = {
        "page": "a.md",
        "figures": [{"text": "3 fc:2", "info": "theme=dark", "options": {"max-units": 3}, "line": 3}],
    }
    return [json.dumps(request).encode()]


def settings() -> list[bytes]:
    options = connectivity.options.settings()
    words = [f"{one.flag}={(one.choices or one.words or ('1',))[0]}" for one in options]
    return [
        *(word.encode() for word in words),
        *("\n".join(random.Random(n).sample(words, 4)).encode() for n in range(20)),
    ]


NOTATION = (
    "conv:", "sparse:", "fc:", "mask=", "weight=", "taps=", ",p=same", ",s=2", ",d=2", ",c=4", ",g=2", "add:", "concat:x", " relu",
    " // ", "...", "x=", "h=", "from=", "share=", "input:", "values=", "drop=", "density=0.5", "tie=2", "upsample:2", "maxpool:2",
    "-+", "1e999", "1000000", "nan", "/", "²", "٣", "«", "\u202e",
)  # fmt: skip
TOML = (
    "[[panel]]\n",
    "[[step]]\n",
    "network = ",
    "extends = ",
    "highlight = ",
    "weights.",
    "input = ",
    "'''",
    '"""',
    "\\u0000",
    "nan",
    "{",
    "[",
    ".",
    "= 1e999",
)
NAMES = (
    "y.1",
    "y.weight.0.1",
    "x.2.3",
    ":receptive-field",
    ":path:",
    "=crimson",
    "a=",
    "1/4",
    "..",
    ".0",
    "-1",
    "x:y",
    "[1,2]",
)
TEXT = (
    "$",
    "\\frac{",
    "\\sqrt",
    "_{",
    "^",
    "}",
    "\\text{",
    "\\n",
    "&amp;",
    "<",
    "]]>",
    "--",
    "%",
    "#",
    "\\",
    '"',
    "\u202e",
    "\x1b",
    "\x00",
    "\ufdd0",
    "\U0001f600",
    "\\hat",
    "\\to",
    "`",
    "*",
    "//",
)
JSON = (
    '"layers"',
    '"class_name"',
    '"config"',
    "null",
    "1e999",
    "NaN",
    "-1",
    '"position"',
    '"layer"',
    '"\\u001b"',
    "[",
    "{",
    '"units"',
    "true",
)

TARGETS = {
    "notation": Target(notation, lambda: [*networks(), *lines_of_corpus("notation")], NOTATION),
    "figures": Target(figurefile, lambda: [*gallery(), *files_of_corpus("figures")], (*TOML, *NOTATION)),
    "options": Target(options, settings, (*NAMES, *TEXT)),
    "names": Target(highlight, lambda: [name.encode() for name in NAMES], NAMES),
    "npz": Target(weights(".npz"), lambda: binary(".npz")),
    "safetensors": Target(weights(".safetensors"), lambda: binary(".safetensors"), JSON),
    "torch": Target(weights(".pt"), lambda: binary(".pt", ".pth", ".ckpt")),
    "graphs": Target(graph, graphs, JSON),
    "onnx": Target(onnx, lambda: binary(".onnx")),
    "keras": Target(keras, configurations, JSON),
    "tables": Target(table, lambda: [*files_of_corpus("inputs", "weights"), b"0,1,1\n1,0,1\n"], (",", "\n", "1e999", "nan")),
    "arrays": Target(array, lambda: binary(".npy", ".npz")),
    "svg": Target(label("svg"), labels, TEXT),
    "tikz": Target(label("tex"), labels, TEXT),
    "typst": Target(label("typ"), labels, TEXT),
    "formulas": Target(formula, labels, TEXT),
    "pages": Target(page, pages, ("```", "connectivity", "<!--", "-->", "> ", "- ", "    ", "{", *NOTATION)),
    "directives": Target(directive, directives, (":theme: ", ":weights: ", "\n", *NOTATION)),
    "doors": Target(door, asked, JSON),
}  # fmt: skip


def mutated(seeds: Sequence[bytes], words: Sequence[str], chance: random.Random) -> bytes:
    """One of ``seeds``, changed in one to four ways."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        way = chance.randrange(7)
        if way == 0 and words:
            data[at:at] = chance.choice(words).encode("utf-8", errors="surrogatepass")
        elif way == 1:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif way == 2:
            del data[at : at + chance.randint(1, 8)]
        elif way == 3:
            data[at:at] = data[at : at + chance.randint(1, 12)] * chance.randint(1, 6)
        elif way == 4:
            other = chance.choice(seeds)
            start = chance.randrange(len(other) + 1)
            data[at : at + chance.randint(0, 30)] = other[start : start + chance.randint(1, 60)]
        elif way == 5:
            data[at : at + 1] = chance.choice((b"0", b"9", b"-", b".", b"/", b"=", b",", b":", b" ", b"\xff", b"\xc3"))
        else:
            numbers = [*re.finditer(rb"\d+", bytes(data[:4000]))]
            if numbers:
                one = chance.choice(numbers)
                data[one.start() : one.end()] = chance.choice((b"0", b"1", b"2", b"-1", b"99999", b"1000001", b"0.5"))
    return bytes(data)
