"""The command line, run as a user runs it: what it writes, what it says, how it ends."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import resource
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import HEEDING, Run

import connectivity
from connectivity.options import settings

COMMAND = str(Path(sys.executable).with_name("connectivity"))


def failed(done: subprocess.CompletedProcess[bytes], words: str) -> None:
    """Assert that ``done`` ended with exit code 2 and one clear message, and nothing else."""
    message = done.stderr.decode()
    assert done.returncode == 2, message
    assert words in message
    assert "Traceback" not in message
    assert "\x1b" not in message
    assert not done.stdout


def test_files_by_suffix(run: Run, tmp_path: Path) -> None:
    done = run("draw", "6", "conv:3", "-o", "a.svg", "-o", "b.PNG", "-o", "c.pdf", "-o", "d.dot")
    assert done.returncode == 0
    assert done.stdout == b""
    assert done.stderr.decode().splitlines() == ["wrote a.svg", "wrote b.PNG", "wrote c.pdf", "wrote d.dot"]
    starts = {path.name: path.read_bytes()[:4] for path in tmp_path.iterdir()}
    assert starts == {"a.svg": b"<?xm", "b.PNG": b"\x89PNG", "c.pdf": b"%PDF", "d.dot": b"digr"}


def test_what_it_writes_is_what_the_library_returns(run: Run) -> None:
    arguments = ["--title", "A title", "--direction", "bt", "--color-by", "layer", "--seed", "3", "--max-units", "4"]
    done = run("draw", "9 fc:2 // 4 conv:3", *arguments, "-f", "svg")
    expected = connectivity.draw(
        "9 fc:2 // 4 conv:3", title="A title", direction="BT", color_by="layer", seed=3, max_units=4
    )
    assert done.stdout == expected
    assert done.stderr == b""
    assert run("draw", "4", "fc:2", "-o", "-", "-f", "dot").stdout == connectivity.draw("4 fc:2", "dot")


def test_quiet(run: Run) -> None:
    assert run("draw", "4", "-q", "-o", "a.svg").stderr == b""


def test_module_and_version(run: Run) -> None:
    done = subprocess.run([sys.executable, "-m", "connectivity", "--version"], capture_output=True, check=True)
    version, place = connectivity.__version__, Path(connectivity.__file__).parent
    assert done.stdout.decode() == f"connectivity, version {version} (layer-connectivity, in {place})\n"
    assert run("--version").stdout == done.stdout
    assert run("-h").stdout == run("--help").stdout


def test_every_option_is_on_the_command_line(run: Run) -> None:
    shown = run("draw", "--help").stdout.decode()
    for setting in settings():
        assert re.search(rf"--{setting.flag}[ /]", shown), setting.flag


def test_describe(run: Run) -> None:
    facts = json.loads(run("describe", "6", "conv:3", "fc:2", "--json").stdout)
    assert facts["totals"] == {
        "units": 12, "connections": 20, "weights": 11, "biases": 0, "parameters": 11, "multiply_adds": 20
    }  # fmt: skip
    both = json.loads(run("describe", "6 // 5", "--json").stdout)
    assert [item["totals"]["units"] for item in both] == [6, 5]
    text = run("describe", "6", "conv:3").stdout.decode()
    assert "conv 3" in text
    assert "12 connections" in text


def test_exported_graph_is_drawn_as_the_network(run: Run) -> None:
    network = ["2x6", "h=conv:3,c=2,bias", "relu", "fc:2"]
    assert run("export", *network, "-q", "-o", "net.json", "-o", "net.csv", "-o", "net.npz").returncode == 0
    assert run("draw", "net.json").stdout == run("draw", *network).stdout
    assert run("draw", "net.json", "//", "4", "fc:2").returncode == 0
    failed(run("export", "4", "//", "5"), "one network at a time")


def test_weights_and_input(run: Run, tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", **{"0.weight": np.array([[[1.0, 0, -1]]])})  # type: ignore[arg-type]  # numpy's stub
    (tmp_path / "x.csv").write_text("0,1,2,-1,1,-3,0\n")
    shown = run("draw", "7", "conv:3", "--weights", "w.npz", "--input", "x.csv", "--show", "values").stdout.decode()
    assert shown == run("draw", "7,values=0/1/2/-1/1/-3/0", "conv:3,w=1/0/-1", "--show", "values").stdout.decode()
    assert "y1 = −2" in shown
    assert run("draw", "--weights", "w.npz", "--list-weights").stdout == b"0.weight  [1, 1, 3]  float64\n"
    failed(run("draw", "--list-weights"), "needs --weights")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["draw"], "which network?"),
        (["draw", "6", "cov:3"], '<network>:1:3: unknown layer "cov" (did you mean "conv"?)\n  6 cov:3\n    ^\n'),
        (
            ["draw", "6", "conv:3", "--coulour-by", "none"],
            'there is no option "--coulour-by" (did you mean "--color-by"?)',
        ),
        (["draw", "6", "conv:3", "--direction", "NE"], 'unknown direction "NE" (one of: auto, LR'),
        (["draw", "6", "-o", "a.bmp"], 'unknown format ".bmp"'),
        (["draw", "6 conv:3", "-o", "a.gif"], ".gif is of figures that move, and the figure does not move"),
        (["draw", "6 conv:3", "-o", "a-%d.svg"], "a number in a file's name is that of a step"),
        (["draw", "6 conv:3", "--animate", "slide", "-o", "a-%d-%d.svg"], "has room for more than one number"),
        (["draw", "6 conv:3", "--animate", "slide", "-o", "a-%d.gif"], ".gif holds all steps in one file"),
        (["draw", "6 conv:3", "--animate", "slid", "-o", "a.svg"], 'unknown animate "slid" (did you mean "slide"?)'),
        (["draw", "6 conv:3", "--animate", "slide", "--period", "0", "-o", "a.svg"], "period must be 0.05 to 60"),
        (["draw", "6", "-o", "a"], "no suffix that names a format"),
        (["draw", "6", "-o", "a.svg", "-f", "png"], "a file's suffix names its own"),
        (["draw", "6", "--weights", "no.npz", "-o", "a.svg"], 'cannot read "no.npz": No such file'),
        (["draw", "6", "--weights", "no.txt", "-o", "a.svg"], "must end in .npz"),
        (["draw", "6", "fc:2", "--vmin", "2", "--vmax", "1", "--color-by", "weight"], "vmin (2) must be less"),
        (["draw", "6", "fc:2", "--vmin", "nan"], "must be a finite number"),
        (["draw", "6", "fc:2", "--colormap", "virdis"], 'did you mean "viridis"'),
        (["draw", "6", "--panel-title", "a", "--panel-title", "b"], "2 panel titles for 1 panel"),
        (["draw", "300", "fc:300", "--max-units", "0", "--max-edges", "10"], "max-edges allows more"),
        (
            ["draw", "9000", "fc:9000", "--max-units", "0", "--max-edges", "100000000"],
            "81,000,000 connections of 18,000 units; a graph holds at most 2,000,000 of both",
        ),
        (["draw", "6", "--dpi", "99999", "-o", "a.png"], "at most 64,000,000"),
        (["draw", "6", "--title", "x" * 10_000], "10,000 characters"),
        (["draw", "no.json"], 'cannot read the graph "no.json"'),
        (["draw", "\x1b[31m"], "the input is a size"),
        (["drow", "6"], 'there is no command "drow" (did you mean "draw"?)'),
        (["export", "6", "-o", "a.xml"], "must end in .json"),
        (["describe", "6", "conv:9"], "does not fit"),
    ],
)
def test_bad_input(arguments: list[str], words: str, run: Run, tmp_path: Path) -> None:
    failed(run(*arguments), words)
    assert not list(tmp_path.iterdir())


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    done = subprocess.run([COMMAND, b"draw", b"6", b"\xff\xfe"], cwd=tmp_path, capture_output=True, check=False)
    failed(done, "unknown layer")
    done = subprocess.run(
        [COMMAND, b"draw", b"6", b"--title", b"\xff", b"-q"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_folder_that_is_missing_or_cannot_be_written(run: Run) -> None:
    failed(run("draw", "6", "-o", "no/such/a.svg"), "cannot write no/such/a.svg: No such file or directory")
    failed(run("draw", "6", "-o", "/proc/a.svg"), "cannot write /proc/a.svg")


@pytest.mark.alone
def test_full_disk(run: Run, tmp_path: Path) -> None:
    failed(run("draw", "6", "-o", "/dev/full"), "no suffix")
    (tmp_path / "full.svg").symlink_to("/dev/full")
    failed(run("draw", "6", "-o", "full.svg"), "No space left on device")
    old = tmp_path / "old.svg"
    old.write_bytes(b"old")

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    failed(run("draw", "6", "-o", "old.svg", preexec_fn=limit), "File too large")
    assert old.read_bytes() == b"old"
    assert {path.name for path in tmp_path.iterdir()} == {"full.svg", "old.svg"}
    with open("/dev/full", "wb") as full:  # noqa: PTH123  (a device)
        done = run("draw", "6", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize(
    "command", ["draw 75 fc:75 --max-units 0", "describe 6 conv:3", "export 50 fc:50", "draw --help"]
)
def test_closed_pipe(command: str, tmp_path: Path) -> None:
    done = subprocess.run(f"{COMMAND} {command} | true", shell=True, cwd=tmp_path, capture_output=True, check=False)
    assert done.stderr == b""


@pytest.mark.graphviz
@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_closed_streams(redirection: str, tmp_path: Path) -> None:
    command = f"{COMMAND} draw 6 conv:3 -o a.svg {redirection}"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.svg").read_bytes() == connectivity.draw("6 conv:3")


def test_interrupt_ends_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    arguments = ["draw", "440", "fc:440", "--max-units", "0", "-o", "a.png"]
    with subprocess.Popen([*HEEDING, COMMAND, *arguments], cwd=tmp_path, stderr=subprocess.PIPE) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        process.wait(10)
        assert time.monotonic() - started < 5
        assert process.returncode in (130, -signal.SIGINT)
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    assert not list(tmp_path.iterdir())


def test_an_error_of_our_own_is_no_traceback() -> None:
    program = (
        "import sys, connectivity.figure as f; f.compose = lambda *a: 1 / 0; "
        "from connectivity.cli.main import main; sys.exit(main(['draw', '6']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    failed(done, "an error in connectivity itself (ZeroDivisionError")


@pytest.mark.parametrize("arguments", [["--help"], ["draw", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    heavy = "networkx", "numpy", "pygraphviz", "graphviz", "cmap"
    program = (
        "import sys; from connectivity.cli.main import main; "
        f"main({arguments!r}); print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stderr == b"[]\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("connectivity dr", ["plain,draw"]),
        ("connectivity draw 6 con", ["plain,conv", "plain,convtranspose", "plain,concat", "file,con"]),
        ("connectivity draw 6 h=con", ["plain,h=conv", "plain,h=convtranspose", "plain,h=concat", "file,h=con"]),
        ("connectivity draw 6 h=cop", ["plain,h=copy", "file,h=cop"]),  # an activation takes no name
        ("connectivity draw 6 cos", ["plain,cos", "plain,cosh", "file,cos"]),
        ("connectivity draw 6 deco", ["plain,deconv", "file,deco"]),
        ("connectivity draw 6 conv:3,pad", ["plain,conv:3,padding=", "plain,conv:3,padding_mode="]),
        (
            "connectivity draw 6 conv:3,padding=sa",
            [f"plain,conv:3,padding={word}" for word in ("same", "same_upper", "same_lower")],
        ),
        ("connectivity draw 6 sparse,mask=a", ["file,sparse,mask=a"]),
        ("connectivity draw 6 maxpool:2,c", ["plain,maxpool:2,ceil_mode"]),
        ("connectivity draw 6,v", ["plain,6,values="]),
        ("connectivity draw 6 sigm", ["plain,sigmoid", "file,sigm"]),
        ("connectivity draw 6 --theme d", ["plain,dark"]),
        ("connectivity draw 6 --weights w", ["file,w"]),
        ("connectivity build a", ["file,a"]),
        ("connectivity build --out-dir a", ["dir,a"]),
    ],
)
def test_completion(words: str, expected: list[str]) -> None:
    environment = {"_CONNECTIVITY_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "-1"}
    done = subprocess.run([COMMAND], env={**os.environ, **environment}, capture_output=True, check=False)
    assert done.stdout.decode().splitlines() == expected


SHELLS = {
    "bash": (["--norc", "-i"], 'eval "$(_CONNECTIVITY_COMPLETE=bash_source connectivity)"'),
    "zsh": (
        ["-f", "-i"],
        'autoload -Uz compinit; compinit -u; eval "$(_CONNECTIVITY_COMPLETE=zsh_source connectivity)"',
    ),
    "fish": (["--no-config", "-i"], "_CONNECTIVITY_COMPLETE=fish_source connectivity | source"),
}


def typed(shell: str, folder: Path, keys: str, until: str) -> str:
    """What an interactive shell shows once it was typed ``keys``, until it shows ``until`` or half a minute is over."""
    options, setup = SHELLS[shell]
    path = f"{Path(COMMAND).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "TERM": "dumb", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    number, terminal = pty.fork()
    if number == 0:
        os.chdir(folder)
        os.execvpe(shell, [shell, *options], environment)
    shown = ""

    def read(words: str) -> None:
        nonlocal shown
        end = time.monotonic() + 30
        while time.monotonic() < end and words not in shown:
            if select.select([terminal], [], [], 0.2)[0]:
                shown += os.read(terminal, 65_536).decode(errors="replace")

    os.write(terminal, f"{setup}; echo re''ady\n".encode())
    read("ready")
    shown = ""
    os.write(terminal, keys.encode())
    read(until)
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)
    os.close(terminal)
    return shown


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shutil.which(shell)])
@pytest.mark.parametrize(
    ("keys", "until"),
    [
        ("connectivity draw 6 conv:3,s=2,dil\t", "conv:3,s=2,dilation="),
        ("connectivity draw 6 conv:3,padding=ca\t", "padding=causal"),
        ("connectivity build all.t\t", "all.toml"),
        ("connectivity draw 6 --weights w.n\t", "w.npz"),
    ],
)
def test_completion_in_a_real_shell(tmp_path: Path, shell: str, keys: str, until: str) -> None:
    (tmp_path / "all.toml").write_text("")
    (tmp_path / "w.npz").write_text("")
    assert until in typed(shell, tmp_path, keys, until)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    environment = {**os.environ, "_CONNECTIVITY_COMPLETE": f"{shell}_source"}
    done = subprocess.run([COMMAND], env=environment, capture_output=True, check=False)
    assert b"_CONNECTIVITY_COMPLETE" in done.stdout


def test_public_names() -> None:
    assert sorted(connectivity.__all__, key=str.lower) == sorted(set(connectivity.__all__), key=str.lower)
    for name in connectivity.__all__:
        assert getattr(connectivity, name).__doc__, name
    with pytest.raises(AttributeError):
        connectivity.no_such_name  # noqa: B018  (asking is the test)
    program = "import sys, connectivity; sys.exit('networkx' in sys.modules or 'numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_characters_without_a_glyph_are_noted(run: Run, tmp_path: Path) -> None:
    done = run("draw", "3", "--title", "\U0010fffd", "-o", "a.png")
    assert done.returncode == 0
    assert done.stderr.decode().splitlines() == [
        "connectivity: note: no font has \ufffd (U+10FFFD): PNG and PDF show a box in its place (--font FILE gives one), "
        "SVG the reader's font",
        "wrote a.png",
    ]
    assert run("draw", "3", "--title", "\U0010fffd", "-o", "a.png", "-q").stderr == b""
    (tmp_path / "a.toml").write_text('network = "3"\ntitle = "\U0010fffd"\n', encoding="utf-8")
    assert run("build", "a.toml", "-f", "pdf").stderr.startswith("a.toml: no font has \ufffd".encode())


def test_of_several_files_none_is_written_where_one_cannot_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("before")
    done = run("draw", "3", "-o", "a.svg", "-o", "b.png", "-o", "nowhere/c.svg")
    assert done.returncode == 2
    assert b"cannot write nowhere/c.svg" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]
    assert (tmp_path / "a.svg").read_text() == "before"


def test_layers_that_others_have(run: Run) -> None:
    for word, hint in (
        ("conv2d", "figures are of 1-D layers"),
        ("LayerNorm", "leave it out"),
        ("lstm", "figures are of layers that run forward"),
    ):
        done = run("draw", "6", f"{word}:3", "-o", "a.svg")
        assert done.returncode == 2
        assert f'unknown layer "{word}"' in done.stderr.decode().splitlines()[0]
        assert hint in done.stderr.decode().splitlines()[0]


def test_of_a_huge_layer_only_what_is_shown_is_drawn(run: Run) -> None:
    done = run("draw", "9000", "fc:9000", "--format", "svg")
    assert done.returncode == 0
    assert b"81,000,000 connections" in done.stdout


def test_deps_need_a_file(run: Run) -> None:
    done = run("draw", "3", "--deps", "d")
    assert done.returncode == 2
    assert b"it needs -o FILE" in done.stderr


def test_indices_from_0_everywhere(run: Run) -> None:
    svg = run("draw", "3", "fc:1", "--index-from", "0", "--list-connections").stdout.decode()
    assert "x0 \u2192 y0: y.weight[0,0]" in svg
    assert "x3" not in svg


def test_describe_on_a_narrow_terminal(tmp_path: Path) -> None:
    """A block for each layer, where the table has no room."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    own = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    subprocess.run([COMMAND, "describe", "6", "conv:3"], check=True, cwd=tmp_path, env=own, **streams)  # type: ignore[call-overload]
    os.close(theirs)
    said = os.read(ours, 10_000).decode().replace("\r\n", "\n")
    os.close(ours)
    assert said.startswith("x: input\n  shape       1x6\n")
    assert "y: conv 3\n  shape       1x4\n  connections 12\n  weights     3\n" in said
