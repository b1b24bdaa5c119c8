"""Every message of the source says what would be right: found in its syntax tree, none is left out."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import ROOT

import connectivity.errors
from connectivity import jsontext
from connectivity.errors import ConnectivityError
from connectivity.figures import tomlwords
from connectivity.models.damage import DamageError

FILES = [*sorted((ROOT / "connectivity").rglob("*.py")), *sorted((ROOT / "cli").rglob("*.py"))]

ERRORS = {
    name
    for name, one in vars(connectivity.errors).items()
    if isinstance(one, type) and issubclass(one, ConnectivityError)
}
RAISED = ERRORS | {"UsageError", "Refusal", "BadParameter", "MarkupFault", "OptionError", "UndrawableError"}
"""What makes an error of a message, by its name."""

FAILING = {"fail", "fail_key", "fail_option", "_fail"}
"""Methods that raise an error of a message."""

REMEDY = re.compile(
    r"""
      \b(did\ you\ mean|one\ of|not\ one\ of)\b
    | \b(as|like)\ (in\ )?[\w{"'(*$\\.-]                # "as 6 or 2x8", "as in conv:3"
    | \bat\ (most|least)\b | \bmust\b | \bneeds?\b | \btakes?\b | \bor\ more\b | \bbetween\b.+\band\b
    | \b(say|give|choose|save|export|leave|install)s?\b
    | \binstead\b | \bin\ (its|their)\ place\b | \bin\ place\ of\b | \bwithout\ (its|a)\b | \bis\ missing\b
    | --[a-z] | \bpip\ install\b | \bonly\b | \balone\b | \bnot\ with\b | \bgoes?\ with\b
    | ;\                                                 # what is wrong; what is right
    """,
    re.VERBOSE,
)
"""How a message says what would be right."""

SAYING = {"suggestion", "hint", "remedy", "legal", "near", "listed", "why", "LEFT_OUT", "matrix"}
"""Functions and parameters that are a remedy, whatever they say."""


class Message(NamedTuple):
    """A message in the source: where it is, and the expressions that it is made of."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@functools.cache
def messages(path: Path) -> list[Message]:
    """The messages of a module. What a name stands for is looked up in the function around it."""
    return [*_found(path)]


def _found(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    constants = dict(texts_of_constants(tree))
    made = constants | {
        one.name: texts_of(one, constants)
        for one in functions
        if ast.unparse(one.returns or ast.Constant(0)).startswith("str")
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or called(node) not in RAISED | FAILING or is_passed_on(node):
            continue
        around = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
        inner = max(around, key=lambda function: function.lineno, default=None)
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        text = " | ".join(spelled(argument, inner, made) for argument in arguments)
        yield Message(path, node.lineno, text)


def texts_of_constants(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """The texts that a module gives names to."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from ((target.id, [node.value.value]) for target in node.targets if isinstance(target, ast.Name))


def texts_of(function: ast.AST, constants: Mapping[str, list[str]] | None = None) -> list[str]:
    """The texts of a function that makes a message, but for what it says of itself."""
    told = ast.get_docstring(function, clean=False) if isinstance(function, ast.FunctionDef) else None
    found = (one.value for one in ast.walk(function) if isinstance(one, ast.Constant) and isinstance(one.value, str))
    names = (one.id for one in ast.walk(function) if isinstance(one, ast.Name))
    return [text for text in found if text != told] + [
        text for name in names for text in (constants or {}).get(name, ())
    ]


def in_order(node: ast.AST) -> Iterator[ast.AST]:
    """A node and those in it, as they are written."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from in_order(child)


def spelled(node: ast.expr, function: ast.AST | None, made: Mapping[str, Sequence[str]]) -> str:
    """The texts of an expression, of what its names were set to and of the functions that it calls (``made``).

    What is a remedy by its name counts as ``; ``.
    """
    texts: list[str] = []
    names: set[str] = set()
    for one in in_order(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            texts.append(one.value)
        elif isinstance(one, ast.FormattedValue):
            texts.append("{}")
        elif isinstance(one, ast.Name):
            names.add(one.id)
            texts += ["; "] if one.id in SAYING else made.get(one.id, [])
        elif isinstance(one, ast.Attribute) and one.attr in SAYING:
            texts.append("; ")
        elif isinstance(one, ast.Call) and called(one) in made:
            texts += made[called(one)]
    for one in ast.walk(function) if function is not None else ():
        if isinstance(one, ast.Assign) and any(isinstance(t, ast.Name) and t.id in names for t in one.targets):
            texts.append(spelled(one.value, None, made))
    return "".join(texts)


def is_passed_on(node: ast.Call) -> bool:
    """Whether a call raises anew what was an error before, where its place is known."""
    names = {ast.unparse(one) for one in ast.walk(node) if isinstance(one, (ast.Name, ast.Attribute))}
    return bool(
        names
        & {"error", "error.message", "error.reason", "message", "problem", "wrong.message", "book.wrong", "state.wrong"}
    )


REASONS = {
    "connectivity/models/onnx/": ("connectivity/models/onnx/reading.py", "_located", "--until"),
    "connectivity/models/keras/layers.py": ("connectivity/models/keras/reading.py", "error", "; from and until"),
    "connectivity/models/keras/operations.py": ("connectivity/models/keras/reading.py", "error", "; from and until"),
    "connectivity/models/keras/activations.py": ("connectivity/models/keras/reading.py", "error", "; from and until"),
    "connectivity/models/keras/reading.py": ("connectivity/models/keras/reading.py", "error", "; from and until"),
}
"""Modules that say why a layer of a model cannot be drawn, and who makes a message of it, with what can be done."""

BESIDE_LAYERS = ("graph.py", "messages.py", "tensors.py", "wire.py", "reading.py")
"""Modules of ONNX that also raise what is about no layer: each of their messages has its own remedy, but for these."""

ALLOWED = {
    "connectivity/models/onnx/reading.py: it is the shape of nothing": "of a node; _located",
    "connectivity/models/onnx/reading.py: no layer is one": "of a node; _located",
    "connectivity/models/onnx/reading.py: it is not computed for constants": "of a node; _located",
    "connectivity/weightfiles/inputs.py: {} {}weights areinputs are": "why an array is Unusable, which has one",
    'connectivity/weightfiles/weights.py: {}"":  {}': "why an array is Unusable, which has one",
}
"""Messages whose remedy is not in their own text, and where it is."""


def is_a_reason(path: Path) -> bool:
    """Whether a module says why a layer cannot be drawn, and somebody else what can be done."""
    name = path.relative_to(ROOT).as_posix()
    return name not in {f"connectivity/models/onnx/{one}" for one in BESIDE_LAYERS} and any(
        name.startswith(one) for one in REASONS
    )


def wanting(path: Path) -> list[Message]:
    """The messages of a module that do not say what would be right."""
    if is_a_reason(path):
        return []
    return [
        one
        for one in messages(path)
        if not REMEDY.search(one.text) and f"{path.relative_to(ROOT).as_posix()}: {one.text}" not in ALLOWED
    ]


@pytest.mark.parametrize(("module", "function", "words"), sorted(set(REASONS.values())))
def test_who_makes_a_message_of_a_reason_says_what_can_be_done(module: str, function: str, words: str) -> None:
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    made = next(one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == function)
    assert any(words in text for text in texts_of(made))


def test_whatever_is_damaged_is_to_be_written_anew() -> None:
    assert REMEDY.search(str(DamageError("it is damaged")))


def test_what_is_wrong_with_a_text_says_what_would_be_right() -> None:
    reasons = [*tomlwords._REASONS.values(), *jsontext._REASONS.values()]
    assert [reason for reason in reasons if not REMEDY.search(reason) and ": close it" not in reason] == []


def test_what_is_allowed_is_there() -> None:
    there = {f"{path.relative_to(ROOT).as_posix()}: {one.text}" for path in FILES for one in messages(path)}
    assert set(ALLOWED) <= there


def test_every_reason_of_an_array_that_cannot_be_weights_says_what_would_be_right() -> None:
    for path in (ROOT / "connectivity" / "weightfiles").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called(node) == "Unusable" and len(node.args) == 3:
                text = spelled(node.args[2], None, {})
                assert REMEDY.search(text) or "save" in text or not text.strip("{}it "), f"{path.name}: {text}"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("raise NetworkError('it is wrong')", False),
        ("raise NetworkError(f'{what} is wrong, as in {example}')", True),
        ("raise NetworkError('it is wrong; say another')", True),
        ("reader.fail(word, f'unknown {noun}{suggestion(word, legal)}')", True),
        ("raise FileError(f'cannot read it: {reason}')", False),
        ("def f():\n why = 'too large; at most 3'\n raise DrawingError(why)", True),
        ("raise ModelError(self.say())\ndef say(self) -> str:\n return 'give another'", True),
    ],
)
def test_a_message_is_told_from_one_that_says_nothing(source: str, says: bool, tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(source)
    (message,) = messages(tmp_path / "module.py")
    assert (REMEDY.search(message.text) is not None) == says


LIMITS = re.compile(r"^_?[A-Z_]*(LIMIT|MOST|DEEPEST|MOST_CELLS)$")
"""How limits are called."""

RAISES = re.compile(
    r"no\ option|max-|--|\bmaxi|\bsay\b|\bsave\b|\bput\b|\bdraw\b|\bcolumns\b|\(csv|\bmust\ be\b|\bneeded\b|_too",
    re.VERBOSE,
)
"""How a message says what raises a limit, that nothing does, or what to do instead."""


def test_every_limit_is_named_with_what_raises_it() -> None:
    found = []
    for path in (one for one in FILES if not is_a_reason(one)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or called(node) not in RAISED | FAILING:
                continue
            names = {one.id for argument in node.args for one in ast.walk(argument) if isinstance(one, ast.Name)}
            text = "".join(spelled(argument, None, {}) for argument in node.args)
            if any(map(LIMITS.match, names)) and not RAISES.search(text):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {text}")
    assert not found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_message_says_what_would_be_right(path: Path) -> None:
    assert not [f"{one}: {one.text[:160]}" for one in wanting(path)]
