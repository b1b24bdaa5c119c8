"""What a live page shows: figures that are drawn again and again, each as it is and as it last was right."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from connectivity.errors import visible
from connectivity.rendering.inline import inline, prefix_of

_MOTION = re.compile(r'<style class="motion">\n?(.*?)</style>\n?', re.DOTALL)
_NAMED = 3  # figures that the title of a page names; of more there is the number


class Shown(NamedTuple):
    """A figure on the page: the last that could be drawn, and what is wrong with it now.

    ``drawing`` is an element of HTML, nothing before there is one; ``motion`` are the rules that make it move, apart
    from it, since a page whose Content-Security-Policy is strict heeds none that stand in it. ``version`` counts the
    changes of the whole board, and is that of the last change of this figure.
    """

    name: str
    drawing: str = ""
    motion: str = ""
    error: str = ""
    version: int = 0

    @property
    def state(self) -> str:
        """``waiting`` for its first drawing, ``good``, or ``wrong``."""
        return "wrong" if self.error else "good" if self.drawing else "waiting"

    def drawn(self, svg: bytes, number: int, version: int) -> Shown:
        """The same figure with another drawing, and nothing wrong; ``number`` is its place on the page."""
        element = inline(svg, prefix_of(svg, number))
        rules = _MOTION.search(element)
        return Shown(self.name, _MOTION.sub("", element, count=1), rules[1] if rules else "", "", version)

    def content(self) -> str:
        """What stands in its place on the page, as HTML. What is wrong is text, whatever characters it has."""
        parts = [f"<h2>{escape(visible(self.name, 200))}</h2>"]
        if self.error:
            parts.append(f'<pre class="error" tabindex="0" aria-label="error">{_broken(self.error)}</pre>')
            if self.drawing:
                parts.append('<p class="old">The last that could be drawn:</p>')
        elif not self.drawing:
            parts.append("<p>It is being drawn.</p>")
        if self.drawing:
            parts.append(f'<div class="connectivity-figure">{self.drawing}</div>')
        return "\n".join(parts)


class Board:
    """The figures of a page, by their places on it, for whoever changes them and those who wait for changes."""

    def __init__(self, names: Sequence[str]) -> None:
        self._figures = [Shown(name, version=1) for name in names]
        self._version, self._changed, self._closed = 1, threading.Condition(), False

    def show(self, number: int, svg: bytes, error: str) -> None:
        """Put a drawing in its place; or, with an ``error``, say what is wrong with the figure that is there."""
        with self._changed:
            self._version += 1
            before = self._figures[number]
            self._figures[number] = (
                before._replace(error=error, version=self._version)
                if error
                else before.drawn(svg, number + 1, self._version)
            )
            self._changed.notify_all()

    def since(self, version: int, seconds: float) -> dict[str, Any] | None:
        """What has changed since a ``version`` of the board, for a page: waited for so long, then nothing has.

        A version that is none yet, of a page of another board, gets everything. None once the board is closed.
        """
        with self._changed:
            known = version if 0 <= version <= self._version else 0
            self._changed.wait_for(lambda: self._closed or self._version > known, seconds)
            if self._closed:
                return None
            figures = [
                {"number": n, "state": each.state, "html": each.content(), "motion": each.motion, "name": each.name}
                for n, each in enumerate(self._figures)
                if each.version > known
            ]
            return {"version": self._version, "title": self._title(), "figures": figures}

    def close(self) -> None:
        """Nothing comes any more: those who wait are told."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _title(self) -> str:
        """What the page is called: its figures, or those with which something is wrong."""
        wrong = [each.name for each in self._figures if each.error]
        if wrong:
            return f"✗ {_named(wrong)}"
        return _named([each.name for each in self._figures])


def _broken(error: str) -> str:
    r"""An error as HTML: what it says may be broken into lines, and what it shows of a file may not.

    >>> _broken("net.toml:1:3: no <b>\n  6 <b>\n    ^")
    '<span>net.toml:1:3: no &lt;b&gt;</span>\n  6 &lt;b&gt;\n    ^'
    """
    lines = escape(error).split("\n")
    return "\n".join(line if line.startswith("  ") else f"<span>{line}</span>" for line in lines)


def _named(names: Sequence[str]) -> str:
    """Some names, or how many there are.

    >>> _named(["a.toml", "b.toml"]), _named(["a", "b", "c", "d"])
    ('a.toml, b.toml', '4 figures')
    """
    return f"{len(names)} figures" if len(names) > _NAMED else ", ".join(visible(name, 60) for name in names)
