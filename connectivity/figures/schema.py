"""The JSON Schema of figure files, by which editors complete and check them."""

from __future__ import annotations

from typing import Any

from connectivity.figures.figurefile import EXTENDS, PANEL, PANEL_TITLE, SOURCES
from connectivity.figures.stepsource import STEADY, STEP, STEP_KEYS, STEP_LIMIT
from connectivity.layers.kinds import KINDS, words_of
from connectivity.notation.parser import PANEL_LIMIT
from connectivity.options import LABEL_LIMIT, LIST_LIMIT, Setting, settings

_TYPES = {"text": "string", "choice": "string", "whole": "integer", "number": "number", "switch": "boolean"}
_ARRAYS: list[dict[str, Any]] = [
    {"type": "array", "items": {"type": "number"}},
    {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
]
_INPUT = {"anyOf": [{"type": "string"}, *_ARRAYS, {"type": "object", "additionalProperties": {"anyOf": _ARRAYS}}]}
_SOURCE_TYPES: dict[str, dict[str, Any]] = {
    "network": {
        "type": "string",
        "examples": ["6 conv:3 fc:2", "5 fc:5 // 5 sparse:3,p=1", "x=8 conv:3,p=1 relu add:x", "model.onnx"],
    },
    "weights": {"anyOf": [{"type": "string"}, {"type": "object"}]},
    "prefix": {"type": "string"},
    "map": {"type": "object", "additionalProperties": {"type": "string"}},
    "input": _INPUT,
    "seed": {"type": "integer"},
    "input-shape": {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": ["string", "integer"]}},
            {"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array"}]}},
        ]
    },
    "from": {"type": "string"},
    "until": {"type": "string"},
    "fold-batchnorm": {"type": "boolean"},
}


def schema() -> dict[str, Any]:
    """The schema (draft 7, which the editors know) as plain data."""
    scoped = [setting for setting in settings() if setting.panel]
    properties = {**_sources(), "title": {"type": "string", "maxLength": LABEL_LIMIT, "description": PANEL_TITLE}}
    one_panel = {
        "type": "object",
        "required": ["network"],
        "properties": {**properties, **{setting.flag: _property(setting) for setting in scoped}},
        "patternProperties": _other_spellings(scoped),
        "additionalProperties": False,
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A figure of connectivity",
        "description": "What is drawn and how: the options of `connectivity draw` under their names.",
        "type": "object",
        "properties": {
            **_sources(),
            "extends": {"type": "string", "description": EXTENDS},
            "panel": {"description": PANEL, "anyOf": [_array(one_panel, PANEL_LIMIT), one_panel]},
            "step": {"description": STEP, **_array(_one_step(), STEP_LIMIT)},
            **{setting.flag: _property(setting) for setting in settings()},
        },
        "patternProperties": {"^panels$": {"type": "array", "maxItems": PANEL_LIMIT}, **_other_spellings(settings())},
        "additionalProperties": False,
    }


def _array(item: dict[str, Any], most: int = LIST_LIMIT) -> dict[str, Any]:
    return {"type": "array", "items": item, "maxItems": most}


def _one_step() -> dict[str, Any]:
    steady = [setting for setting in settings() if setting.name in STEADY]
    names = _array({"type": "string"})
    kinds: dict[str, Any] = {
        "network": {"type": "string"},
        "caption": {"type": "string", "maxLength": LABEL_LIMIT},
        "values": {"anyOf": [{"type": "boolean"}, {"type": "string"}, names]},
    }
    own = {key: {**kinds[key], "description": text} for key, text in STEP_KEYS.items()}
    return {
        "type": "object",
        "properties": {**own, **{setting.flag: _property(setting) for setting in steady}},
        "patternProperties": _other_spellings(steady),
        "additionalProperties": False,
    }


def _sources() -> dict[str, Any]:
    kinds = "; ".join(f"{words.example}: {words.help}" for words in map(words_of, KINDS))
    texts = {**SOURCES, "network": f"{SOURCES['network']} Layers are {kinds}."}
    return {key: {**_SOURCE_TYPES[key], "description": text} for key, text in texts.items()}


def _property(setting: Setting) -> dict[str, Any]:
    single: dict[str, Any] = {"type": _TYPES[setting.kind]}
    if setting.choices:
        single["enum"] = list(setting.choices)
    elif setting.kind == "text":
        single["maxLength"] = LABEL_LIMIT
    if setting.least is not None:
        single["minimum"] = int(setting.least)
    if setting.most is not None:
        single["maximum"] = int(setting.most)
    if setting.name == "labels":
        single = {"anyOf": [single, {"type": "boolean"}]}
    if setting.name == "threshold":
        single = {"anyOf": [single, {"type": "number", "minimum": 0}]}
    definition: dict[str, Any] = {"anyOf": [single, _array(single)]} if setting.many else single
    if setting.words:
        words: dict[str, Any] = {"type": "string", "enum": list(setting.words)}
        if setting.texts:
            words = {"type": "string", "maxLength": LABEL_LIMIT}
        definition["anyOf"].append({"type": "object", "additionalProperties": words, "maxProperties": LIST_LIMIT})
    definition["description"] = setting.help
    if setting.default not in (None, ()):
        definition["default"] = setting.default
    return definition


def _other_spellings(options: list[Setting]) -> dict[str, Any]:
    """Keys that are accepted as well: Python's names, and underscores for dashes."""
    patterns: dict[str, Any] = {}
    for setting in options:
        names = {name for one in (setting.flag, setting.name) for name in (one, one.replace("color", "colour"))}
        spellings = {name.replace(*pair) for name in names for pair in (("-", "_"), ("_", "-"))} - {setting.flag}
        if spellings:
            patterns[f"^({'|'.join(sorted(spellings))})$"] = _property(setting)
    return patterns
