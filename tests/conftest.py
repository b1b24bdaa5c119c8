"""What all tests share."""

from __future__ import annotations

import functools
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, NoReturn

import click
import forks
import pytest
from hypothesis import HealthCheck, settings
from pages import SphinxServer

from connectivity.rendering import engines
from connectivity.rendering.engines import embedded, system

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("default")

ROOT = Path(__file__).parent.parent

collect_ignore = ["mutation"]  # which needs what the tests do not

os.environ.pop("PYTHONUNBUFFERED", None)  # it hides what is lost when Python flushes at its end

HEEDING = (
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(2, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])",
)
"""What comes before a command that must heed Ctrl-C, also where whoever runs the tests ignores it (nohup, a script's &)."""

PROGRAM: click.Group = importlib.import_module("connectivity.cli.main").cli
"""The program itself, to be run within this process; type checkers know its modules by another name."""

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


PROGRAMS = {
    "system_engine": (("neato",), "Graphviz's executables (apt-get install graphviz)"),
    "browser": (("chromium", "chromium-browser", "google-chrome"), "a browser (apt-get install chromium)"),
    "librsvg": (("rsvg-convert",), "librsvg (apt-get install librsvg2-bin)"),
    "make": (("make",), "GNU Make (apt-get install make)"),
    "latex": (("pdflatex",), "LaTeX (apt-get install texlive-latex-recommended texlive-pictures lmodern)"),
    "zsh": (("zsh",), "zsh (apt-get install zsh)"),
    "fish": (("fish",), "fish (apt-get install fish)"),
    "epubcheck": (("epubcheck",), "epubcheck and Java (apt-get install epubcheck)"),
    "poppler": (("pdftotext",), "poppler's programs (apt-get install poppler-utils)"),
    "pandoc": (("pandoc",), "Pandoc (apt-get install pandoc)"),
    "npm": (("npm",), "Node's package manager (apt-get install npm)"),
    "cmake": (("cmake",), "CMake (apt-get install cmake)"),
}
"""The programs of which a marked test needs one, and what to say where there is none."""


def lack(what: str) -> NoReturn:
    """Skip a test for want of ``what``; under CI, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"needs {what}")
    pytest.skip(f"needs {what}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a program that is not there; under CI, fail."""
    for marker, (programs, what) in PROGRAMS.items():
        if item.get_closest_marker(marker) and not any(map(shutil.which, programs)):
            lack(what)
    if item.get_closest_marker("graphviz") and all(lacking()):
        lack(f"Graphviz ({lacking()[0]})")


LONG = (
    "sites", "docs_site", "sphinx", "tikz", "browser", "cells", "fitting", "build", "latex", "live", "motion_pages", "engines",
    "keyboard", "same_bytes", "faults", "dist", "manual", "signals", "svg_text", "labels", "notebook",
)  # fmt: skip
"""Files of tests that take longest: browsers, LaTeX, other programs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: begun last, it would keep one process busy while the others have nothing to do."""
    first = {f"test_{name}": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: first.get(item.path.stem, len(first)))


@functools.cache
def lacking() -> tuple[str | None, str | None]:
    """Why Graphviz's libraries cannot be used, and why neato cannot; None where it can."""
    return embedded.missing(), system.missing()


WANTED: list[str] = []
"""What the test that runs was seen to want of Graphviz, and did not get."""

_WORDS = ("Graphviz is not available", "Graphviz's libraries cannot be used")


def pytest_configure(config: pytest.Config) -> None:
    """Ask once, before any test takes an engine away, and watch who wants one that is not there."""
    libraries, _ = lacking()
    if libraries is None or os.environ.get("CI") == "true":
        return
    choose, run = engines._choose, subprocess.run

    def chosen(engine: str, format: str) -> str:
        WANTED.append(engine)
        return choose(engine, format)

    def ran(*arguments: Any, **options: Any) -> Any:
        try:
            done = run(*arguments, **options)
        except subprocess.CalledProcessError as error:
            heed(error)
            raise
        heed(done)
        return done

    def heed(done: Any) -> None:
        said = [
            text if isinstance(text, str) else text.decode(errors="replace")
            for text in (done.stdout, done.stderr)
            if text
        ]
        WANTED.extend(word for word in _WORDS if word in "".join(said))

    engines._choose = chosen
    subprocess.run = ran


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Skip what failed for want of Graphviz, on a machine that has not all of it; under CI, fail."""
    report = yield
    libraries, _ = lacking()
    if report.failed and "out of pty devices" in str(report.longrepr):
        reason = "Skipped: needs pseudo-terminals (mount -t devpts devpts /dev/pts)"
        report.outcome, report.longrepr = "skipped", (str(item.path), item.location[1] or 0, reason)
    elif report.failed and libraries and os.environ.get("CI") != "true":
        words = str(report.longrepr)
        if WANTED or report.when == "setup" or any(word in words for word in (*_WORDS, libraries)):
            reason = f"Skipped: needs Graphviz's libraries ({libraries})"
            report.outcome, report.longrepr = "skipped", (str(item.path), item.location[1] or 0, reason)
    if report.when == "teardown":
        WANTED.clear()
    return report


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run ``connectivity ARGUMENTS`` as a user does, in an empty folder: in a process of its own, if not a new one.

    It is a new one where ``options`` of subprocess, or the environment, are not the usual ones.
    """

    def command(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
        program = [str(Path(sys.executable).with_name("connectivity")), *arguments]
        if options.keys() <= {"cwd", "input"} and forks.command().is_alike:
            return forks.command().run(program, options.get("cwd", tmp_path), options.get("input") or b"")
        settings = {"cwd": tmp_path, "capture_output": True, "timeout": 120, **options}
        return subprocess.run(program, check=False, **settings)

    return command


@pytest.fixture(scope="session")
def sphinx() -> Iterator[SphinxServer]:
    """What builds pages."""
    server = SphinxServer()
    yield server
    server.end()
