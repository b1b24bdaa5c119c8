"""``connectivity-fence``: the figures of a page as elements of HTML, for tools that have no door of their own.

It takes a page and its fences as JSON, and returns elements of HTML: ``samples/docs/sites.rst``, the manual's page "Sites
and papers in Markdown", says how. ``--stylesheet`` writes the style sheet that pages need, ``--remark`` the plugin of remark.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from connectivity.doors.talking import Door
from connectivity.errors import ConnectivityError, DrawingError
from connectivity.pages.fences import said
from connectivity.pages.kept import Kept
from connectivity.pages.places import Place
from connectivity.pages.showing import STYLESHEET, Wish, element, failure, fault

REMARK = STYLESHEET.with_name("remark.mjs")
"""The plugin of remark, which calls this command."""

_USAGE = """Usage: connectivity-fence [--stylesheet | --remark] < PAGE.json

Draw the figures of a page of documentation: JSON on standard input, JSON on standard output.
--stylesheet writes the style sheet that pages need, --remark the plugin of remark (Astro, Docusaurus and others).
"""


def answer(words: Sequence[str], request: Any) -> Any:
    """The figures that a page wishes, each as HTML or as what is wrong with it."""
    root = Path(str(request.get("root", "."))).absolute()
    page = str(request.get("page", ""))
    folder = (root / page).parent if page else root
    place = Place(folder, root / str(request.get("base", ".")), root, page)
    kept = Kept(root)
    figures = request["figures"]
    return {"figures": [_figure(number, wish, place, kept) for number, wish in enumerate(figures, 1)]}


def _figure(number: int, asked: Mapping[str, Any], place: Place, kept: Kept) -> dict[str, Any]:
    line = asked.get("line")
    wish = Wish(str(asked["text"]), {}, place)
    try:
        wish = Wish(wish.text, options_of(asked), place)
        html, shown = element(wish, number, kept)
    except ConnectivityError as error:
        wrong = fault(error, wish)
        at = line if line is None or wrong.line is None else int(line) + wrong.line
        return {"html": failure(wish.text, wrong.message), "error": wrong.message, "line": at}
    return {"html": html, **({"notes": list(shown.notes)} if shown.notes else {})}


def options_of(asked: Mapping[str, Any]) -> dict[str, str]:
    """What is said beside the text: as an object, and as the head of a fence. Raises DrawingError."""
    given = asked.get("options") or {}
    if not isinstance(given, Mapping):
        raise DrawingError("options must be an object of texts by their names, as theme and max-units")
    return {**said(str(asked.get("info") or "")), **{str(name): as_text(value) for name, value in given.items()}}


def as_text(value: Any) -> str:
    """A value of JSON or YAML as the text of an option: a list has a line for each item, what is true needs none."""
    if isinstance(value, list):
        return "\n".join(map(as_text, value))
    if value is None or value is True:
        return ""
    return "false" if value is False else str(value)


DOOR = Door("connectivity-fence", _USAGE, answer)


def main() -> int:
    """The command ``connectivity-fence``."""
    words = sys.argv[1:]
    written = {"--stylesheet": STYLESHEET, "--remark": REMARK}
    return DOOR.write(written[words[0]]) if len(words) == 1 and words[0] in written else DOOR.run(words)
