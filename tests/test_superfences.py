"""Fences as Python-Markdown finds them: what is handed over twice, what is read wrongly, and where it is."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pages import Page, need
from test_markdown import convert, mkdocs
from test_sites import program, ran

from connectivity.markdown import STYLESHEET, validator
from connectivity.pages.superfences import Reading, all_said

need("mkdocs", "material", "pymdownx", "markdown")

LINES = [
    "```connectivity",
    "```",
    "````",
    "~~~ connectivity",
    "~~~",
    "    ```connectivity",
    "    ```",
    "  ```",
    "> ```connectivity",
    "> ```",
    "> a",
    "```connectivity theme=dark",
    "``` {.connectivity theme=dark}",
    '```connectivity theme="dark" no_captions',
    "```{.connectivity, a=3}",
    "```python",
    "* ```connectivity",
    "!!! note",
    "",
    "6 conv:3",
    "    6",
]


def drawn(page: str) -> list[str]:
    """The sources that superfences hands over as figures."""
    markdown: Any = importlib.import_module("markdown")
    seen: list[str] = []

    def formatter(source: str, *words: Any, **kwargs: Any) -> str:
        seen.append(source.strip())
        return "<p></p>"

    fence = {"name": "connectivity", "class": "c", "format": formatter, "validator": validator}
    markdown.markdown(
        page,
        extensions=["attr_list", "pymdownx.superfences"],
        extension_configs={"pymdownx.superfences": {"custom_fences": [fence]}},
    )
    return seen


@given(st.lists(st.sampled_from(LINES), max_size=12))
@example(["> ```connectivity", "", "  ```"])
@example(["> ```connectivity", "6 conv:3", "  ```"])
@example(["> ```connectivity", "> ", "> 6", "  6", "> ```"])
def test_fences_are_found_where_superfences_finds_them(lines: list[str]) -> None:
    page = "\n".join(lines)
    assert [fence.text.strip() for fence in Reading(page).fences] == drawn(page)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            '{.connectivity highlight="y.1=blue" highlight=y.4 theme=dark}',
            {"highlight": "y.1=blue\ny.4", "theme": "dark"},
        ),
        ('connectivity highlight="y.1=blue" highlight="y.4"', {"highlight": "y.1=blue\ny.4"}),
        ('{.connectivity highlight="x.1 highlight=y.4"}', {"highlight": "x.1 highlight=y.4"}),
        ("", {"highlight": "y.4"}),
    ],
)
def test_what_is_said_twice_is_a_list(head: str, expected: dict[str, str]) -> None:
    assert all_said({**expected, "highlight": expected["highlight"].split("\n")[-1]}, head) == expected


def test_a_fence_has_all_highlights() -> None:
    html = convert(
        '* a\n\n    ```{.connectivity highlight="y.1=#0000fe" highlight="y.4=#fe0000"}\n    6 conv:3\n    ```\n'
    )
    assert "#0000fe" in html
    assert "#fe0000" in html


@pytest.mark.parametrize(
    ("page", "line", "message"),
    [
        ("a\n\n```connectivity theme=dark\n6\n```\n", 3, 'its head "connectivity theme=dark" cannot be read here'),
        ("```connectivity no-captions\n6\n```\n", 1, "options stand in braces"),
        ("```{.connectivity, max-units=3}\n6\n```\n", 1, "without commas"),
        ("```{.connectivity theme=dark\n6\n```\n", 1, "cannot be read here"),
        ("!!! note\n\n    ```connectivity theme=dark\n    6\n    ```\n", 3, "cannot be read here"),
        ("* ```connectivity\n  6\n  ```\n", 1, "begins beside the mark of a list"),
        ("a\n\n```connectivity\n6\n  ```\n", 3, "has no end: end it with ```"),
        ("```\na\n``\n\n> ```python\n```connectivity\n6\n```\n", None, ""),
        ("  ```python\na\n  ```\n```connectivity\n6\n```\n", 4, "a fence above has no end"),
    ],
)
def test_a_fence_that_becomes_no_figure(page: str, line: int | None, message: str) -> None:
    found = Reading(page).misread
    assert [number for number, _ in found] == ([] if line is None else [line])
    assert all(message in said for _, said in found)


@pytest.mark.parametrize(
    "page",
    [
        "````markdown\n```connectivity theme=dark\n6\n```\n````\n",
        "text\n\n    ```connectivity theme=dark\n    6\n    ```\n",
        "<!--\n```connectivity theme=dark\n6\n```\n-->\n",
        "```connectivityx theme=dark\n6\n```\n",
        "```python theme=dark\n6\n```\n",
    ],
)
def test_what_is_not_meant_as_a_figure(page: str) -> None:
    assert Reading(page).misread == []


SLIPS = """
[The figure](#two-layers), [another](#named)

```connectivity theme=dark
6 cov:3
```

Text.

```
code
```

```{.connectivity, max-units=3}
6 conv:3
```

<!--
```connectivity
6 cov:3
```
-->

```{.connectivity #two-layers}
6 conv:3
```

```{.connectivity #named caption="A"}
6 conv:3
```

```connectivity
6 cov:3
```
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: A\nvalidation: {anchors: warn}\nplugins: [connectivity]\n")
    (tmp_path / "docs" / "index.md").write_text("# A\n" + SLIPS)
    return tmp_path


def test_slips_in_heads_fail_a_strict_build_of_mkdocs(site: Path) -> None:
    """Each with its line, after which the lines of others stay right; names of figures are anchors."""
    done = mkdocs(site, "--strict")
    assert done.returncode == 1
    said = [line.partition("-  ")[2] for line in done.stderr.splitlines() if line.startswith("WARNING")]
    assert [text[: text.index(" ")] for text in said] == ["index.md:34:", "index.md:5:"], done.stderr
    (site / "docs" / "index.md").write_text("# A\n\n```connectivity theme=dark\n6\n```\n")
    done = mkdocs(site, "--strict")
    assert done.returncode == 1  # also where there is no other figure
    assert 'WARNING -  index.md:3: no figure, since its head "connectivity theme=dark"' in done.stderr


def test_names_of_figures_are_anchors_of_mkdocs(site: Path) -> None:
    page = "# A\n\n[a](#two)\n\n```{.connectivity #two}\n6 conv:3\n```\n"
    (site / "docs" / "index.md").write_text(page)
    (site / "docs" / "b.md").write_text("# B\n\n[a](index.md#two)\n")
    done = mkdocs(site, "--strict")
    assert done.returncode == 0, done.stderr
    (site / "docs" / "index.md").write_text(page.replace("(#two)", "(#three)"))
    assert "there is no such anchor" in mkdocs(site).stderr


def test_a_caption_of_pymdownx_has_a_number_and_is_an_anchor(site: Path) -> None:
    """As the tutorial says it."""
    conf = site / "mkdocs.yml"
    conf.write_text(f"{conf.read_text()}markdown_extensions: [pymdownx.blocks.caption]\n")
    page = "```connectivity\n6 conv:3\n```\n\n/// figure-caption | #two\nLayers.\n///\n\nAs [Figure 1](#two).\n"
    (site / "docs" / "index.md").write_text(f"# A\n\n{page}")
    done = mkdocs(site, "--strict")
    assert done.returncode == 0, done.stderr
    index = Page(site / "site" / "index.html")
    assert '<figure id="two">' in index.html
    assert '<span class="caption-prefix">Figure 1.</span> Layers.' in index.html


def test_figures_in_comments_are_not_drawn(site: Path) -> None:
    page = "# A\n\n<!--\n```connectivity\n6 cov:3\n```\n-->\n\n" + 2 * "```connectivity\n6 conv:3\n```\n\n"
    (site / "docs" / "index.md").write_text(page)
    done = mkdocs(site, "--strict")
    assert done.returncode == 0, done.stderr
    index = Page(site / "site" / "index.html")
    assert len(index.figures) == 2
    assert len(index.ids) == len(set(index.ids))


def test_zensical_says_slips_in_heads_and_takes_lists(tmp_path: Path) -> None:
    program("zensical", "Zensical (pip install zensical)")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "connectivity.css").write_bytes(STYLESHEET.read_bytes())
    conf = Path(__file__).parent.parent / "samples" / "sites" / "zensical" / "zensical.toml"
    (tmp_path / "zensical.toml").write_bytes(conf.read_bytes())
    page = '# A\n\n```{.connectivity highlight="y.1=#0000fe" highlight="y.4=#fe0000"}\n6 conv:3\n```\n'
    (tmp_path / "docs" / "index.md").write_text(page)
    done = ran(["zensical", "build", "--strict"], tmp_path)
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "site" / "index.html").read_text()
    assert "#0000fe" in html
    assert "#fe0000" in html
    (tmp_path / "docs" / "index.md").write_text(f"{page}\n```connectivity theme=dark\n6\n```\n")
    done = ran(["zensical", "build", "--strict"], tmp_path)
    assert done.returncode != 0
    assert 'index.md:7: no figure, since its head "connectivity theme=dark"' in done.stderr
