"""What the playground is made of, without a browser: its form, what Python answers it, and its build."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import cmap
import pytest
from conftest import ROOT, Run

from connectivity import ConnectivityError, draw
from connectivity.colour.spaces import STEPS, encoded, named_colour, named_table
from connectivity.options import settings

PLAYGROUND = ROOT / "samples" / "playground"
LINE = "6 conv:3 cov:3"


def module(path: Path) -> ModuleType:
    """A module of the playground, which is no package."""
    spec = importlib.util.spec_from_file_location(f"playground_{path.stem}", path)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def answers() -> Any:
    return module(PLAYGROUND / "inside" / "answers.py")


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(PLAYGROUND))
    yield module(PLAYGROUND / "build.py")
    sys.modules.pop("form", None)


def answered(answers: Any, **question: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(answers.answer(json.dumps(question)))
    return answer


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Fields(HTMLParser):
    """The fields of a form, and the ids that it gives and names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: list[dict[str, str | None]] = []
        self.given: list[str] = []
        self.named: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        about = dict(attributes)
        if about.get("class") == "field":
            self.fields.append(about)
        self.given += [about["id"]] if about.get("id") else []  # type: ignore[list-item]
        self.named += [name for key in ("for", "aria-describedby", "list") if (name := about.get(key))]


def test_every_option_of_a_figure_is_in_the_form_once() -> None:
    form = module(PLAYGROUND / "form.py")
    fields = Fields(form.form())
    flags = [field["data-flag"] for field in fields.fields]
    assert sorted(map(str, flags)) == sorted(one.flag for one in settings() if one.name not in form.LEFT_OUT)
    assert len(set(fields.given)) == len(fields.given)
    assert {*fields.named} <= {*fields.given}


def test_what_is_said_of_an_option_is_text() -> None:
    form = module(PLAYGROUND / "form.py")
    setting = next(one for one in settings() if one.name == "title")._replace(help='<b onclick="x">&', metavar='"><i>')
    field = "".join(form._field(setting))
    assert "&lt;b onclick=&quot;x&quot;&gt;&amp;" in field
    assert "<b" not in field
    assert "<i>" not in field


def test_an_answer_is_what_the_command_draws_and_says(answers: Any, here: Path, run: Run) -> None:
    options = {"theme": "dark", "captions": False, "box": ["x", "y"], "vmin": "-1", "unknown": "1"}
    answer = answered(answers, network="6 conv:3  fc:2", options=options, facts=True)
    assert answer["drawn"].encode() == draw("6 conv:3 fc:2", theme="dark", captions=False, box=["x", "y"], vmin=-1)
    command = "connectivity draw 6 conv:3 fc:2 --box x --box y --vmin=-1 --theme dark --no-captions -o net.svg"
    assert sorted(answer["command"].split()) == sorted(command.split())
    assert [layer["connections"] for layer in answer["facts"][0]["layers"]] == [0, 12, 8]
    assert run(*answer["command"].split()[1:]).returncode == 0
    assert (here / "net.svg").read_text() == answer["drawn"]


def test_an_error_has_the_commands_words_and_its_place(answers: Any, run: Run) -> None:
    answer = answered(answers, network=LINE)
    said = run("draw", *LINE.split(), "-o", "-").stderr.decode()
    assert answer["said"] == said.rstrip("\n")
    assert (answer["drawn"], answer["place"], answer["meant"]) == ("", [1, 10], "6 conv:3 conv:3")
    assert answered(answers, network="6 conv:3", options={"theme": "drak"})["place"] is None


@pytest.mark.parametrize(
    ("network", "said", "meant"),
    [
        ("6 conv:3 --theme", "connectivity: --theme needs a value, as --theme light", None),
        ("6 conv:3 --highlight", "connectivity: --highlight needs a value, as --highlight WHAT", None),
        (
            "6 conv:3 --higlight y.1",
            'connectivity: there is no option "--higlight" (did you mean "--highlight"?)',
            "connectivity draw 6 conv:3 --highlight y.1",
        ),
    ],
)
def test_nothing_is_said_of_what_the_page_adds(answers: Any, network: str, said: str, meant: str | None) -> None:
    answer = answered(answers, network=network)
    assert answer["said"].partition("\n")[0] == said
    assert answer["meant"] == meant
    assert answered(answers, network=network, options={"gap": "2"})["said"].partition("\n")[0] == said


@pytest.mark.parametrize(
    ("network", "options"),
    [
        ("6 conv:3 --theme dark", {"theme": "dark"}),
        ("6 conv:3 --theme dark -o x.pdf -f png -q", {"theme": "dark"}),
        ("--no-captions 6 --box x conv:3 --box y", {"captions": False, "box": ["x", "y"]}),
        ("6 conv:3 --title 'a b", {"title": "a b"}),
        ("6 conv:3 --title \"it's", {"title": "it's"}),
    ],
)
def test_options_that_are_typed_with_the_line_are_options(
    answers: Any, here: Path, network: str, options: dict[str, Any]
) -> None:
    answer = answered(answers, network=network, options={"theme": "print", "gap": "2"}, facts=True)
    plain = answered(answers, network="6 conv:3", options={"theme": "print", "gap": "2", **options}, facts=True)
    assert answer == plain
    assert answer["drawn"]
    assert answer["command"].count("--theme") == answer["command"].count(" -o ") == 1
    assert not [*here.iterdir()]


def test_what_a_line_says_beside_its_options_is_kept(answers: Any) -> None:
    answer = answered(answers, network="6 sparse:units=4,density=0.4 --seed 3", facts=True)
    assert answer["drawn"].encode() == draw("6 sparse:units=4,density=0.4", seed=3)
    assert len(answer["facts"]) == 1
    read = json.loads(answers.read("connectivity draw 6 sparse:units=4,density=0.4 --seed 3"))
    assert read["network"] == "6 sparse:units=4,density=0.4 --seed 3"


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_is_of_a_shell(answers: Any, option: str) -> None:
    answer = answered(answers, network=f"6 conv:3 {option}", facts=True)
    assert (answer["drawn"], answer["facts"]) == ("", [])
    assert answer["said"] == "connectivity: figures are drawn here: ask for --help and --version in a shell"
    assert json.loads(answers.read(f"connectivity draw {option}"))["said"] == answer["said"]


def test_a_page_has_no_standard_input(answers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def __getattr__(self, name: str) -> None:
            raise OSError(29, "I/O error")

    monkeypatch.setattr(sys, "stdin", Closed())
    assert "there is nothing to draw: say network" in answered(answers, network="-")["said"]


def test_an_arrow_is_no_option(answers: Any) -> None:
    answer = answered(answers, network="6  -> 3 -> 2")
    assert answer["place"] == [1, 3]
    assert answer["meant"] == "6 fc:3 fc:2"
    assert "layers have blanks between them" in answer["said"]


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"title": "a", "theme": "drak"}, "theme"),
        ({"theme": "dark", "gap": "100"}, "gap"),
        ({"vmax": "1", "vmin": "2"}, "vmin"),
        ({"title": "$\\nope$"}, "title"),
        ({"highlight": ["y.9"], "rest": "dashed"}, "highlight"),
    ],
)
def test_an_option_at_fault_is_named(answers: Any, options: dict[str, Any], option: str) -> None:
    answer = answered(answers, network="6 conv:3", options=options)
    assert answer["said"]
    assert answer["option"] == option


def test_a_figure_file_is_written_where_the_command_reads_it(answers: Any, here: Path) -> None:
    content = 'network = "6 conv:3"\ntheme = "dark"\n'
    answer = answered(answers, file=content, options={"title": "a b"}, facts=True)
    assert (here / "net.toml").read_text() == content
    assert answer["drawn"].encode() == draw("net.toml", title="a b")
    assert answer["command"] == "connectivity draw net.toml --title 'a b' -o net.svg"
    assert answered(answers, file="network = 3\n")["place"] == [1, 11]


@pytest.mark.parametrize(
    ("content", "meant"),
    [
        (
            'title = "6 cov:3"\n[[panel]]\nnetwork = "6 cov:3" # "6 cov:3"\n',
            'title = "6 cov:3"\n[[panel]]\nnetwork = "6 conv:3" # "6 cov:3"\n',
        ),
        ("network = '6 cov:3'", "network = '6 conv:3'"),
        ('network = """6 cov:3"""', None),
        ('network = """\n6 cov:3"""', None),
    ],
)
def test_what_is_meant_stands_in_its_place_in_a_figure_file(
    answers: Any, here: Path, content: str, meant: str | None
) -> None:
    answer = answered(answers, file=content)
    assert "try: 6 conv:3" in answer["said"]
    assert answer["meant"] == meant
    assert meant is None or answered(answers, file=meant)["drawn"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "connectivity draw '6 conv:3' --title 'a b' --no-legend --box x --box y --colour-by layer -o net.svg",
            {
                "network": "6 conv:3",
                "options": {"title": "a b", "box": ["x", "y"], "color-by": "layer", "legend": False},
            },
        ),
        ("connectivity draw 6 fc:2", {"network": "6 fc:2", "options": {}}),
        ("connectivity describe 6 fc:2", "only commands that draw"),
        ("connectivity draw 6 fc:2 --title 'open", "a quotation mark is open"),
        ("connectivity draw 6 fc:2 --theme drak", 'connectivity: unknown theme "drak" (did you mean "dark"?)'),
    ],
)
def test_a_command_line_is_read_as_a_figure(answers: Any, line: str, expected: Any) -> None:
    read = json.loads(answers.read(line))
    assert read == expected if isinstance(expected, dict) else read["said"].startswith(expected)


def test_what_the_page_has_not_is_one_message(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import json, answers; answers.refuse_absent()\n"
        "for name in ('numpy', 'networkx'): sys.modules.pop(name, None)\n"
        "sys.meta_path.insert(0, sys.meta_path.pop())\n"
        "print(json.loads(answers.answer(json.dumps({'network': '2 fc:1,weight=1/2', 'options': {'threshold': '50%'}})))['said'])"
    )
    command = [sys.executable, "-c", program, str(PLAYGROUND / "inside")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("connectivity: weight files, trained models, exported graphs and shares of weights")
    assert done.stdout.count("\n") == 1


@pytest.fixture
def colormaps(build: Any, tmp_path: Path) -> Any:
    """The stand-in for cmap, with its tables."""
    build._lay_program(tmp_path / "program")
    build._lay_colormaps(tmp_path / "maps")
    (tmp_path / "maps" / "colormaps.json").replace(tmp_path / "program" / "colormaps.json")
    return module(tmp_path / "program" / "cmap.py")


def test_colours_are_those_of_cmap(colormaps: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = cmap.Catalog()
    assert set(colormaps.Catalog().short_keys()) == catalog.short_keys()
    names = [*sorted(catalog.short_keys())[::25], "colorbrewer:PuOr", "viridis_r", "RdBu_r", "Blues"]
    theirs = {name: cmap.Colormap(name).lut(STEPS) for name in names}
    for name, rows in theirs.items():
        ours = colormaps.Colormap(name).lut(STEPS)
        assert [encoded(*row) for row in ours] == [encoded(*map(float, row[:3])) for row in rows], name
    colours = ("crimson", "Crimson", "#abc", "#ABCDEF", "#abcdef12", "Light Grey", "lightgrey", "b", "k")
    expected = [named_colour(name) for name in colours]
    named_table.cache_clear()
    monkeypatch.setitem(sys.modules, "cmap", colormaps)
    assert [named_colour(name) for name in colours] == expected
    with pytest.raises(ConnectivityError, match="is no colour"):
        named_colour("cromson")
    with pytest.raises(ConnectivityError, match=r'unknown colormap "virdis" \(did you mean "viridis"'):
        named_table("virdis", "#ffffff")


def test_what_comes_from_npm_is_pinned_by_its_checksum() -> None:
    lock = json.loads((PLAYGROUND / "package-lock.json").read_text())
    packages = {name: about for name, about in lock["packages"].items() if name}
    assert {"node_modules/pyodide", "node_modules/@viz-js/viz"} <= packages.keys()
    assert all(about["integrity"].startswith("sha512-") for about in packages.values())
    assert not any("resolved" in about for about in packages.values())  # wherever it is fetched from
    wanted = json.loads((PLAYGROUND / "package.json").read_text())["dependencies"]
    assert wanted == {name: packages[f"node_modules/{name}"]["version"] for name in wanted}


def test_only_what_has_changed_is_compiled_anew(build: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed: list[list[str]] = []

    def lay(content: str) -> Any:
        return lambda place: (place.mkdir(parents=True), (place / "a.py").write_text(content))

    def compiled(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        packed.append(command[4:])
        for name in command[4:]:
            Path(command[2], f"{name}.zip").write_bytes(Path(command[2], name, "a.py").read_bytes())
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(build.subprocess, "run", compiled)
    for program in ("a = 1", "a = 1", "a = 2"):
        for name, content in (("program", program), ("colormaps", "b = 1"), ("outlines", "c = 1")):
            monkeypatch.setattr(build, f"_lay_{name}", lay(content))
        build._pack(tmp_path / "parts", tmp_path, tmp_path)
        assert (tmp_path / "program.zip").read_text() == program
        assert (tmp_path / "outlines.zip").read_text() == "c = 1"
    assert packed == [["colormaps", "outlines", "program"], ["program"]]
    assert len([*(tmp_path / "parts" / "packed").iterdir()]) == 3


@pytest.mark.parametrize(("variables", "code"), [({"CI": ""}, 0), ({"CI": "true"}, 2)])
def test_without_npm_the_build_says_so(tmp_path: Path, variables: dict[str, str], code: int) -> None:
    command = [sys.executable, str(PLAYGROUND / "build.py"), str(tmp_path / "page")]
    environment = {**os.environ, "PATH": "", **variables}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == code
    assert done.stderr == "playground: skipped: it needs npm and node (apt-get install npm)\n"
    assert not [*tmp_path.iterdir()]


def test_the_page_names_what_there_is() -> None:
    """Every file that the page, its scripts and its style name is built; every element that they look for is there."""
    page = (PLAYGROUND / "index.html").read_text()
    scripts = "".join(path.read_text() for path in PLAYGROUND.glob("*.js"))
    ids = {*re.findall(r'id="([\w-]+)"', page), *re.findall(r'\.id = "([\w-]+)"', scripts)}
    assert {*re.findall(r'(?:at|getElementById|copying)\("([\w-]+)"', scripts)} <= ids
    named = {*re.findall(r'(?:src|href)="([\w.-]+)"', page), *re.findall(r'from "\./([\w.-]+)"', scripts)}
    made = {"first.svg", "built.js", "viz.js", "licences.txt"}
    assert {name for name in named - made if not (PLAYGROUND / name).is_file()} == set()
    assert not re.findall(
        r"https?://(?!localhost|www\.w3\.org/2000/svg)", page + scripts + (PLAYGROUND / "page.css").read_text()
    )
