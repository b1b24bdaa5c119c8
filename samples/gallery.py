"""The page that shows all samples: ``python samples/gallery.py`` draws them and writes README.md."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

from connectivity import Figure

HERE = Path(__file__).parent
_MASK = re.compile(r"(mask=)(?=[\w-]+\.csv)")  # a line is run from the folder above
_HEAD = """# Gallery

Published figures of 1-D connectivity, each drawn anew from a figure file of this folder. Find the one
you have in mind, copy its line or its file, change a number. `make samples` draws all of them into
`samples/build/`.

"""


def files() -> list[Path]:
    """The figure files, in order."""
    return sorted(HERE.glob("[0-9]*.toml"))


def line(path: Path) -> str:
    """The command that draws a sample: in full where one line can say it all, else by its file."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    panels = content.pop("panel", [])
    reads_files = not content.keys().isdisjoint(("weights", "input"))
    reads_files |= "step" in content
    reads_files |= any(panel.keys() - {"network", "title"} for panel in panels)
    if reads_files or str(content.get("network")).endswith(".onnx"):
        return f"connectivity draw samples/{path.name} -o {path.stem[3:]}.svg"
    networks = [content.pop("network")] if "network" in content else [panel["network"] for panel in panels]
    words = ["connectivity", "draw", *_MASK.sub(r"\1samples/", " // ".join(networks)).split()]
    if any("title" in panel for panel in panels):
        content["panel-title"] = [panel.get("title", "") for panel in panels]
    for key, value in content.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, bool):
                words.append(f"--{'' if item else 'no-'}{key}")
            else:
                words += [f"--{key}", str(item)]
    return f"{shlex.join(words)} -o {path.stem[3:]}.svg"


def caption(path: Path) -> str:
    """What a sample shows: the comment at its beginning."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return " ".join(line.removeprefix("# ") for line in lines if line.startswith("# "))


def page() -> str:
    """The text of the page."""
    parts = [_HEAD]
    for path in files():
        name = path.stem[3:].replace("-", " ")
        source = path.read_text(encoding="utf-8").partition("\n")[2]
        parts.append(
            f"## {int(path.stem[:2])}. {name[0].upper()}{name[1:]}\n\n{caption(path)}\n\n"
            f"![{name}]({path.stem}.svg)\n\n```sh\n{line(path)}\n```\n\n"
            f"<details><summary>{path.name}</summary>\n\n```toml\n{source.rstrip()}\n```\n\n</details>\n\n"
        )
    return "".join(parts).rstrip() + "\n"


def main() -> None:
    """Draw all pictures of the page, and write it."""
    for path in files():
        Figure.read(path).save(path.with_suffix(".svg"))
    (HERE / "README.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
