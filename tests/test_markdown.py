"""Fences of Markdown, in pages that MkDocs builds, and in superfences alone."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pages import Page, need

from connectivity.markdown import STYLESHEET, formatter, validator

need("mkdocs", "material", "pymdownx", "markdown")

CONF = """
site_name: Layers
theme:
  name: material
  font: false
  palette:
    - media: "(prefers-color-scheme: light)"
      scheme: default
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
plugins: []
markdown_extensions:
  - attr_list
  - pymdownx.superfences:
      custom_fences:
        - name: connectivity
          class: connectivity
          format: !!python/name:connectivity.markdown.formatter
          validator: !!python/name:connectivity.markdown.validator
extra_css:
  - connectivity.css
"""
INDEX = """
# Layers

```connectivity
6 conv:3 fc:2
```

```connectivity
6 conv:3 fc:2
```

```{.connectivity theme=dark max-units=3 alt="Two < layers" width=50%}
sub/net.toml
```

``` connectivity max_units="4" no_captions
[[panel]]
network = "9 conv:3"
[[panel]]
network = "3 fc:2"
```

* A list

    ```connectivity
    /sub/net.toml
    ```

```python
x = 1
```
"""
BAD = """
# Wrong

```connectivity
6 <cov>:3
```

```{.connectivity max-unit=3}
6 conv:3
```

```connectivity
network = "3 fc:2"
fil = 3
```

```connectivity
gone.toml
```

```{.connectivity width="calc(1px)"}
6 conv:3
```

```connectivity
```

```connectivity
../../net.toml
```

```connectivity
network = "3 fc:2"
weights = "../../weights.npz"
```

Afterwards.
"""
WARNINGS = [
    'wrong.md:5: "6 <cov>:3", column 3: unknown layer "<cov>"',
    'wrong.md:8: unknown option "max-unit" (did you mean "max-units"?)',
    'wrong.md:14: unknown key "fil" (did you mean "fill"?)',
    'wrong.md:17: cannot read "docs/gone.toml"',
    'wrong.md:21: width must be a length of CSS, as 50% or 300px, not "calc(1px)"',
    "wrong.md:25: nothing to draw",
    'wrong.md:28: cannot read "docs/../../net.toml": it is outside of the folder "my site" of these pages',
    'wrong.md:34: cannot read "docs/../../weights.npz": it is outside',
]


def mkdocs(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1", "NO_MKDOCS_2_WARNING": "1", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "mkdocs", "build", *options]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120, env=environment, check=False
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "my site"
    (folder / "docs" / "sub").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(CONF)
    (folder / "docs" / "index.md").write_text(INDEX)
    (folder / "docs" / "sub" / "net.toml").write_text('network = "5 conv:3"\n')
    (folder / "docs" / "sub" / "page.md").write_text("# Page\n\n```connectivity\nnet.toml\n```\n")
    (folder / "docs" / "connectivity.css").write_bytes(STYLESHEET.read_bytes())
    done = mkdocs(folder, "--strict")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def index(project: Path) -> Page:
    return Page(project / "site" / "index.html")


def test_figures_are_in_the_page(project: Path, index: Page) -> None:
    assert len(index.figures) == 5
    assert "style" not in index.within
    assert (
        index.html.count('<div class="connectivity-figure connectivity" data-search-exclude><svg class="connectivity"')
        == 5
    )
    assert "<p><div" not in index.html
    assert len(Page(project / "site" / "sub" / "page" / "index.html").figures) == 1


def test_no_two_elements_of_figures_share_an_id(index: Page) -> None:
    own = [name for name in index.ids if re.match(r"c[0-9a-f]{8}-", name)]
    assert len(own) > 100
    assert sorted(set(own)) == sorted(own)
    assert {name for name in index.references if name.startswith("c")} <= set(own)


def test_options_of_a_fence(index: Page) -> None:
    _, _, third, *_ = index.figures
    assert third["width"] == "50%"
    assert "Two &lt; layers</desc>" in index.html
    assert "#14171c" in index.html


def test_other_fences_are_left_alone(index: Page) -> None:
    assert '<span class="n">x</span>' in index.html


def test_a_figure_that_cannot_be_drawn_fails_a_strict_build(project: Path) -> None:
    (project / "docs" / "wrong.md").write_text(BAD)
    try:
        done = mkdocs(project, "--strict", "--site-dir", "site2")
    finally:
        (project / "docs" / "wrong.md").unlink()
    assert done.returncode == 1
    said = [line.partition("-  ")[2] for line in done.stderr.splitlines() if line.startswith("WARNING")]
    assert len(said) == len(WARNINGS), done.stderr
    for line, start in zip(said, WARNINGS, strict=True):
        assert line.startswith(start)
    page = Page(project / "site2" / "wrong" / "index.html")
    assert page.figures == []
    assert "6 <cov>:3" in page.texts["code"]
    assert "Afterwards." in page.texts["p"]
    assert page.html.count('<div class="connectivity-error">') == len(WARNINGS)


def convert(text: str) -> str:
    markdown: Any = importlib.import_module("markdown")
    fence = {"name": "connectivity", "class": "net", "format": formatter, "validator": validator}
    html: str = markdown.markdown(
        text,
        extensions=["attr_list", "pymdownx.superfences"],
        extension_configs={"pymdownx.superfences": {"custom_fences": [fence]}},
    )
    return html


def test_superfences_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.toml").write_text('network = "3 fc:2"\n')
    text = '```{.connectivity .wide #me}\nnet.toml\n```\n\n```connectivity theme="print"\n3 fc:2\n```\n'
    html = convert(text)
    assert html.startswith(
        '<div class="connectivity-figure net wide" id="me" data-search-exclude><svg class="connectivity"'
    )
    assert html.count("<svg") == 2
    assert convert(text) == html


def test_weights_and_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.chdir(tmp_path)
    drawn = {convert(f'```connectivity seed="{seed}" color_by="weight"\n3 fc:2\n```') for seed in (0, 1)}
    assert len(drawn) == 2
    assert caplog.records == []
    assert "none.npz" in convert('```connectivity weights="none.npz"\n3 fc:2\n```')
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("mkdocs.plugins.connectivity", "WARNING")


RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def test_the_style_sheet_is_dark_only_where_the_page_is_and_never_on_paper() -> None:
    text = re.sub(r"/\*.*?\*/", "", STYLESHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    blocks = re.findall(r"@media([^{]*)\{((?:[^{}]+\{[^{}]*\})*)\s*\}", text)
    assert all("screen" in condition or condition.strip() == "print" for condition, _ in blocks)
    outside = re.sub(r"@media[^{]*\{(?:[^{}]+\{[^{}]*\})*\s*\}", "", text)
    assert "currentColor" not in outside
    rules = [(condition, *rule) for condition, body in blocks for rule in RULE.findall(body)]
    dark = [(condition, selector) for condition, selector, style in rules if re.search("currentColor|inherit", style)]
    assert len(dark) == 6
    for condition, selector in dark:
        assert ("prefers-color-scheme" in condition) == ('[data-theme="auto"]' in selector)
    toggles = '[data-theme="dark"]', '[data-md-color-scheme="slate"]', '[data-bs-theme="dark"]'
    assert all(toggle in selector for toggle in toggles for condition, selector in dark if "prefers" not in condition)
    assert re.search(r"svg\.connectivity \{[^}]*max-width: 100%;", outside)
    assert re.search(r"svg\.connectivity:not\(\.of-height\) \{[^}]*height: auto;", outside)
    for _, selector, _ in rules:
        assert re.search(r"svg\.connectivity|img\.connectivity-|\.connectivity-figure", selector)
