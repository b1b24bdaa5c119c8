"""``connectivity-myst``: the plugin of MyST (Jupyter Book 2), a directive for figures.

Once ``connectivity-myst --plugin > connectivity.mjs`` beside ``myst.yml``, and in that::

    project:
      plugins:
        - connectivity.mjs

In a page, as in Sphinx::

    ```{connectivity} 6 conv:3 fc:2
    :caption: A convolution, and a layer that is fully connected.
    :label: fig-net
    :color-by: weight
    ```

The figure may also be a figure file's content, below the options. These are those of the command line under their
names, ``weights``, ``input``, ``seed`` and the like, and ``caption``, ``label`` (also ``name``), ``alt``, ``width``,
``align`` and ``class``. Paths are relative to the page; those that begin with a slash, and what may be read, to the
folder that ``myst`` runs in; the variable ``CONNECTIVITY_ROOT`` of the environment, which a page cannot set, names another
one that may be read.

On the web a figure is an SVG, light or dark as the reader's system is; on paper a PDF. What is wrong is an error
of MyST at its line, which makes ``myst build --strict`` fail; the page shows the source and what is wrong.

The command is an executable plugin too (``type: executable``), for those who want no file: MyST tells those neither
the page nor takes errors, so that paths are relative to the folder that it runs in, and a mistake costs the page.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from connectivity import files
from connectivity.doors.fence import as_text
from connectivity.doors.talking import Door
from connectivity.errors import ConnectivityError, DrawingError
from connectivity.options import settings
from connectivity.pages.kept import Kept
from connectivity.pages.places import Place
from connectivity.pages.showing import OWN, Wish, fault, picture

PLUGIN = Path(__file__).parent.parent / "data" / "myst.mjs"
"""The plugin in JavaScript, which knows the page and can warn."""

_FOLDER = Path("_build") / "connectivity"  # MyST's own folder for what it makes
_FORMATS = (("svg", "auto"), ("pdf", "light"), ("png", "light"))
_SOURCES = ("weights", "prefix", "map", "input", "seed", "input-shape", "from", "until", "fold-batchnorm")

_USAGE = """Usage: connectivity-myst [--plugin | --directive NAME]

The plugin of MyST that draws figures. Without an option it says which directives there are, in JSON; --plugin
writes the plugin for myst.yml: connectivity-myst --plugin > connectivity.mjs
"""

Node = dict[str, Any]


def directives() -> Node:
    """What MyST asks of a plugin: its directives and their options."""
    texts: dict[str, str] = dict.fromkeys(_SOURCES, "As of the command line.")
    for setting in settings():
        texts[setting.flag] = setting.help
        if setting.kind == "switch" or setting.name == "labels":
            texts[f"no-{setting.flag}"] = f"Not: {setting.help}"
    options: Node = {name: {"type": "string", "doc": text} for name, text in texts.items()}
    for name in OWN:
        options[name] = {"type": "string", "doc": "As of a figure."}
    options["caption"] = {"type": "myst", "doc": "Under the figure."}
    options["label"] = {"type": "string", "doc": "What to refer to it by.", "alias": ["name"]}
    del options["name"]
    about = "A figure of a network: a line of notation, a figure file, or the content of one."
    directive = {
        "name": "connectivity",
        "doc": about,
        "arg": {"type": "string", "doc": "A line of notation, or a path."},
        "options": options,
        "body": {"type": "string", "doc": "The content of a figure file."},
    }
    return {"name": "connectivity", "directives": [directive]}


def answer(words: Sequence[str], asked: Any) -> Any:
    """The nodes of a directive; with messages beside them where the page is told.

    Raises DrawingError for what is wrong where it is not.
    """
    page = asked.get("page")
    here = Path().absolute()
    root = here / os.environ.get("CONNECTIVITY_ROOT", ".")
    path = Path(os.path.relpath(here / str(page or "."), here))
    place = Place(here / path.parent if page else here, here, root, path.as_posix() if page else "")
    options: Mapping[str, Any] = asked.get("options") or {}
    arg, body = str(asked.get("arg") or ""), str(asked.get("body") or "")
    said = {name: as_text(value) for name, value in options.items() if name not in ("caption", "label")}
    said |= {"name": str(options["label"])} if "label" in options else {}
    wish = Wish(arg or body, said, place)
    try:
        if arg and body:
            raise DrawingError("a figure is said after the directive's name, or below its options; not both")
        nodes = [_node(wish, options.get("caption"), place)]
    except ConnectivityError as error:
        return _failed(error, wish, asked)
    return {"nodes": nodes, "messages": []} if page else nodes


def _node(wish: Wish, caption: Any, place: Place) -> Node:
    own = wish.own
    alt, path = _files(wish, place)
    image: Node = {"type": "image", "url": path, "alt": own.get("alt") or alt}
    image |= {name: own[name] for name in ("width", "align") if name in own}
    if not caption and "name" not in own:
        return image | ({"class": own["class"]} if "class" in own else {})
    figure: Node = {"type": "container", "kind": "figure", "children": [image]}
    figure |= {"class": own["class"]} if "class" in own else {}
    if "name" in own:
        figure |= {"label": own["name"], "identifier": own["name"].lower()}
    if caption:
        inline = caption if isinstance(caption, list) else [{"type": "text", "value": str(caption)}]
        figure["children"].append({"type": "caption", "children": [{"type": "paragraph", "children": inline}]})
    return figure


def _files(wish: Wish, place: Place) -> tuple[str, str]:
    """Draw a figure for the web and for paper; its description, and the path of which MyST chooses the suffix."""
    kept = Kept(place.base)
    key = kept.key(wish.text, wish.said, place, "", "")[:16]
    folder = place.base / _FOLDER
    files.keep_out(folder)
    pictures = [(format, picture(wish, format, theme, kept)) for format, theme in _FORMATS]
    for format, shown in pictures:
        path = folder / f"connectivity-{key}.{format}"
        if not path.exists() or path.read_bytes() != shown.data:
            files.write(path, shown.data)
    relative = Path(os.path.relpath(folder, place.folder)).as_posix()
    suffix = "*" if place.page else "svg"  # without a page MyST does not find out
    url = f"{relative}/connectivity-{key}.{suffix}" if place.page else f"/{_FOLDER.as_posix()}/connectivity-{key}.svg"
    return pictures[0][1].description.partition("\n")[0], url


def _failed(error: Exception, wish: Wish, asked: Mapping[str, Any]) -> Any:
    wrong = fault(error, wish)
    line = _line(asked, wrong.line)
    if not asked.get("page"):
        raise DrawingError(f"line {line}: {wrong.message}" if line else wrong.message) from error
    source = {"type": "code", "lang": "text", "value": wish.text}
    strong = {"type": "strong", "children": [{"type": "text", "value": wrong.message}]}
    nodes = [source, {"type": "paragraph", "children": [strong]}]
    return {"nodes": nodes, "messages": [{"message": wrong.message, "line": line}]}


def _line(asked: Mapping[str, Any], of_text: int | None) -> int | None:
    """The line of the page that is wrong, where MyST says where the directive and its content are."""
    node = asked.get("node") or {}
    start = (node.get("position") or {}).get("start", {}).get("line")
    for child in node.get("children", ()):
        if child.get("type") == "mystDirectiveBody" and of_text is not None and not asked.get("arg"):
            start = (child.get("position") or {}).get("start", {}).get("line", start)
            return int(start) + of_text - 1
    return start if isinstance(start, int) else None


DOOR = Door("connectivity-myst", _USAGE, answer)


def main() -> int:
    """The command ``connectivity-myst``."""
    words = sys.argv[1:]
    if not words:
        return DOOR.tell(directives())
    return DOOR.write(PLUGIN) if words == ["--plugin"] else DOOR.run(words)
