"""Scenes for tests, of anything that can be drawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from connectivity.figure import Drawable, Figure
from connectivity.options import Options
from connectivity.scene import Scene


def compose_figure(
    what: Drawable,
    options: Options,
    weights: Mapping[str, Any] | None = None,
    seed: int | None = None,
    input: Any = None,
) -> Scene:
    """The scene of a figure of ``what``."""
    said = {field.name: getattr(options, field.name) for field in dataclasses.fields(options)}
    return Figure.of(what).changed(weights, seed, input, **said).scene()
