"""The documentation: ``make docs`` in the project's folder builds it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))  # for the tables below

import connectivity

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "connectivity"
author = "the authors of connectivity"
project_copyright = author
release = version = connectivity.__version__

extensions = ["sphinx.ext.autodoc", "sphinx_copybutton", "connectivity.sphinx", "program", "tables"]
connectivity_root = ".."  # the figures of the gallery are drawn here as well
html_theme = "furo"
html_title = "connectivity"
html_static_path = ["_static"]
html_css_files = ["manual.css"]
copybutton_prompt_text = "$ "
smartquotes_action = "q"  # two dashes are those of an option, three dots those of the notation
numfig = True
nitpicky = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
latex_engine = "xelatex"  # the manual's Greek and subscripts are Unicode


def setup(app: Sphinx) -> None:
    """Samples are read from their own folder, so the source folder's parent is watched as well."""
    app.add_config_value("samples", str(Path(__file__).parent.parent), "env")
