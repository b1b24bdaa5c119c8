"""The form of the page: a field for each option of a figure, made of what the program itself reads."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from connectivity.options import Setting, settings

GROUPS = {
    "Colours": "theme color_by colormap vmin vmax scale fill zeros threshold legend transparent",
    "What is shown": "view matrix units edges kernels unit_shape show padding dropped boxes merge channels",
    "Emphasis": "highlight rest",
    "Parts of a network": "max_units crop layers focus window only windows max_edges",
    "Words": "title panel_titles layer_titles layer_captions row_titles captions labels unit_labels channel_labels "
    "edge_labels index_from description list_connections",
    "Paper": "direction columns width height font_size margin gap pitch anchor",
    "Motion": "animate period loop",
    "Files": "text standalone",
}
"""The options of each group, by their names, in the order of the page."""

LEFT_OUT = {"font": "a file", "dpi": "of bitmaps that Graphviz draws"}
"""Options that are not on the page, and why: what they are about is not there."""

MAPS = ("viridis", "cividis", "magma", "coolwarm", "vik", "RdBu", "PuOr", "balance", "berlin", "tab10")
"""Colormaps that are proposed."""


def form() -> str:
    """The fields, in groups."""
    by_name = {setting.name: setting for setting in settings()}
    lines: list[str] = []
    for title, names in GROUPS.items():
        lines.append(f'<details{" open" * (not lines)}><summary>{title}<span class="count"></span></summary>')
        for name in names.split():
            lines += _field(by_name[name])
        lines.append("</details>")
    maps = "".join(f'<option value="{name}">' for name in MAPS)
    return "\n".join([*lines, f'<datalist id="maps">{maps}</datalist>'])


def _field(setting: Setting) -> Iterator[str]:
    """A field: what it is called, how it is set, and what it means."""
    kind = _kind(setting)
    default = f' data-default="{str(setting.default).lower()}"' if kind == "switch" else ""
    yield f'<div class="field" data-flag="{setting.flag}" data-kind="{kind}"{default}>'
    yield from _control(setting, kind)
    yield f'<p id="about-{setting.flag}">{escape(setting.help)}{_default(setting)}</p></div>'


def _kind(setting: Setting) -> str:
    """How the page reads and writes it: as ``form.js`` has it."""
    if setting.many:
        return "several" if setting.choices else "lines"
    return "switch" if isinstance(setting.default, bool) else "plain"


def _default(setting: Setting) -> str:
    """What is said of a default that the help leaves out."""
    if "[default" in setting.help or isinstance(setting.default, bool) or setting.default in (None, (), 0):
        return ""
    return f"  [default: {escape(str(setting.default))}]"


def _control(setting: Setting, kind: str) -> Iterator[str]:
    flag = setting.flag
    of = f'id="option-{flag}" aria-describedby="about-{flag}"'
    if kind == "several":
        boxes = "".join(f'<label><input type="checkbox" value="{one}"> {one}</label>' for one in setting.choices)
        yield f'<fieldset aria-describedby="about-{flag}"><legend>{flag}</legend>{boxes}</fieldset>'
        return
    if kind == "switch":
        yield f'<label><input type="checkbox" role="switch" {of}{" checked" * bool(setting.default)}> {flag}</label>'
        return
    yield f'<label for="option-{flag}">{flag}</label>'
    if setting.choices:
        options = "".join(f'<option value="{one}">{one}</option>' for one in setting.choices)
        default = f"default: {setting.default}" if setting.default else "default"
        yield f'<select {of}><option value="">{default}</option>{options}</select>'
    elif kind == "lines":
        yield f'<textarea {of} rows="1" spellcheck="false" placeholder="{escape(_wanted(setting))}"></textarea>'
    else:
        more = ' inputmode="decimal"' * _is_number(setting) + ' list="maps"' * (flag == "colormap")
        yield f'<input type="text" {of} spellcheck="false"{more} placeholder="{escape(_wanted(setting))}">'


def _is_number(setting: Setting) -> bool:
    return setting.least is not None or isinstance(setting.default, (int, float))


def _wanted(setting: Setting) -> str:
    """What a field shows while it is empty."""
    if setting.many:
        return f"{setting.metavar or 'TEXT'}, one a line"
    if setting.default not in (None, 0):
        return str(setting.default)
    return setting.metavar or ("a number" if _is_number(setting) else "")
