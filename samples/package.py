"""The page of the package index: ``python samples/package.py`` writes package.md.

It is the README without what an index cannot show: pictures, links into the repository, and commands that are given in
its folder. What is of no use elsewhere stands there between comments.
"""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
NAME = "layer-connectivity"

_PICTURE = re.compile(r"^!\[.*\n\n?", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\((?![a-z]+:)[^)]*\)")
_REPOSITORY = re.compile(r"<!-- repository -->\n.*?<!-- /repository -->\n\n?", re.DOTALL)
_MANUAL = """
A gallery of published figures, and the manual, are in the source distribution, in its folder `samples`:
`pip download --no-deps --no-binary :all: layer-connectivity`.
"""


def page(readme: str) -> str:
    """What the index shows of a README."""
    text = _PICTURE.sub("", _REPOSITORY.sub("", readme))
    text = _LINK.sub(r"\1", text)
    text = re.sub(r"'\.\[(\w+)\]'", rf"'{NAME}[\1]'", text)
    text = re.sub(r"(install) \.(?=[`\n])", rf"\1 {NAME}", text)
    head, start, rest = text.partition("\n## Start\n")
    return f"{head.rstrip()}\n{_MANUAL}{start}{rest}"


def main() -> None:
    """Write the page."""
    readme = (HERE.parent / "README.md").read_text(encoding="utf-8")
    (HERE / "package.md").write_text(page(readme), encoding="utf-8")


if __name__ == "__main__":
    main()
