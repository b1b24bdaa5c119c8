"""Options that are said and change nothing where cells are drawn: a note says which, and what would heed them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectivity.errors import NoEffect, warn
from connectivity.layout.forms import Form
from connectivity.options import Options, settings
from connectivity.typeset.text import listed

_NEVER = ("anchor", "padding", "dropped", "row_titles", "unit_shape")
_ALSO: dict[Form, tuple[str, ...]] = {
    Form.NETWORK: ("kernels",),
    Form.VALUES: ("edges", "kernels", "gap"),
    Form.FIELD: ("edges", "kernels", "boxes"),
    Form.DETAIL: ("boxes",),
    Form.LANES: ("boxes", "gap"),
    Form.KERNELS: ("edges", "boxes", "unit_labels", "fill", "gap", "pitch"),
}

_ONLY_LINES = ("none", "layer", "group")
"""Colours of connections (``color_by``) that areas do not have, but for a network's, whose kernels are shown or not."""


def note_unheeded(panels: Sequence[tuple[Form, Options]]) -> None:
    """Warn NoEffect of options that are said of panels none of which heeds them."""
    unheeded: dict[str, bool] = {}
    for form, options in panels:
        deaf = (*_NEVER, *_ALSO.get(form, ())) if form is not Form.CIRCLES else ()
        for setting in settings():
            value = getattr(options, setting.name)
            of_lines = setting.name == "color_by" and value in _ONLY_LINES
            if of_lines or _is_said(value, setting.default):
                unheeds = setting.name in deaf or (of_lines and form not in (Form.CIRCLES, Form.NETWORK))
                unheeded[setting.flag] = unheeded.get(setting.flag, True) and unheeds
    flags = [flag for flag, alone in unheeded.items() if alone]
    if flags:
        verb = "have" if len(flags) > 1 else "has"
        warn(f"{listed(flags)} {verb} no effect on what is drawn as cells (units circles draws single units)", NoEffect)


def _is_said(value: Any, default: Any) -> bool:
    """Whether an option is anything but its default; what asks for nothing asks for what cells do anyway."""
    words = value if isinstance(value, tuple) else (value,)
    return value != default and any(word not in ("auto", "circle", "none") for word in words)
