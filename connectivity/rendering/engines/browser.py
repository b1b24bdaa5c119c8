"""Graphviz in a browser: WebAssembly, which whoever runs Python in a page hands over as the module ``graphviz_of_page``.

That module has one function, ``render(dot, format)``, which draws what has its place (``nop2``) and returns the text and
what Graphviz said. It is JavaScript (``pyodide.registerJsModule``); ``samples/playground`` is such a page.
"""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from typing import Any

from connectivity.errors import EngineError

_MODULE = "graphviz_of_page"


def here() -> bool:
    """Whether this is Python in a browser, where no other engine can be."""
    return sys.platform == "emscripten"


def check(format: str) -> None:
    """Raise EngineError for a format that a browser cannot draw, and where the page has no Graphviz."""
    if format != "svg":
        raise EngineError(f"{format} cannot be drawn in a browser: take svg, tex or typ, or the command outside of it")
    if _MODULE not in sys.modules and find_spec(_MODULE) is None:
        raise EngineError(f"Graphviz is not available: the page must give it, as the module {_MODULE}")


def render(dot: str, format: str) -> tuple[bytes, str]:
    """The bytes of ``dot`` in ``format``, and what Graphviz said."""
    module: Any = importlib.import_module(_MODULE)
    text, said = module.render(dot, format)
    return str(text).encode("utf-8"), str(said)
