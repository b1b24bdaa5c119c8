"""The plugin of MkDocs: figures in fences of Markdown, with everything that they need.

In ``mkdocs.yml``::

    plugins:
      - search
      - connectivity

It adds the fence, the style sheet and the script, says which fences became no figures, and has ``mkdocs
serve`` watch the files outside of the documents that figures are made of. ``root`` is the folder that nothing is
read outside of: that of ``mkdocs.yml`` (of the documents, where they are elsewhere), unless the plugin is told another
one, relative to it.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

from mkdocs.config import base
from mkdocs.config import config_options as options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin

from connectivity import files
from connectivity.markdown import (
    LOGGER,
    STYLESHEET,
    Site,
    forget,
    formatter,
    not_shown,
    page_of_mkdocs,
    site_of_mkdocs,
    validator,
)
from connectivity.rendering.html import SCRIPT

_SUPERFENCES = "pymdownx.superfences"
_NAMED = re.compile(r'<(?:div|figure) class="connectivity-figure[^"]*" id="([^"]*)"')
_STYLE, _SCRIPT = f"assets/{STYLESHEET.name}", f"assets/{SCRIPT.name}"


class Settings(base.Config):  # type: ignore[no-untyped-call]  # MkDocs' own
    """What the plugin can be told."""

    root = options.Optional(options.Type(str))


class ConnectivityPlugin(BasePlugin[Settings]):  # type: ignore[no-untyped-call]  # MkDocs' own
    """``plugins: [connectivity]``, see the module."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add the fence, the style sheet and the script, where they are not there already."""
        forget()
        for name in ("attr_list", _SUPERFENCES):
            if name not in config.markdown_extensions:
                config.markdown_extensions.append(name)
        fences: list[dict[str, Any]] = config.mdx_configs.setdefault(_SUPERFENCES, {}).setdefault("custom_fences", [])
        if all(fence.get("name") != "connectivity" for fence in fences):
            name = "connectivity"
            fences.append({"name": name, "class": name, "format": formatter, "validator": validator})
        site = self._site(config)
        site.has_plugin = True
        if not site.loads_style():
            config.extra_css.append(_STYLE)
        if all(Path(str(script)).name != SCRIPT.name for script in config.extra_javascript):
            config.extra_javascript.append(_SCRIPT)
        return config

    def on_page_content(self, html: str, *, page: Any, config: MkDocsConfig, files: Any) -> str:
        """Say which fences of a page became no figures, and tell MkDocs which names links may go to."""
        for message in not_shown(*page_of_mkdocs(page.file, self._site(config))):
            LOGGER.warning("%s", message)
        names = {unescape(name) for name in _NAMED.findall(html)}
        if names and getattr(page, "present_anchor_ids", None) is not None:  # which MkDocs has from 1.6 on
            page.present_anchor_ids |= names
        return html

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the style sheet and the script to where pages look for them."""
        ours = ((_STYLE, STYLESHEET, config.extra_css), (_SCRIPT, SCRIPT, config.extra_javascript))
        for name, source, said in ours:
            if name in said:
                place = Path(config.site_dir) / name
                place.parent.mkdir(parents=True, exist_ok=True)
                files.write(place, source.read_bytes())

    def on_serve(self, server: Any, *, config: MkDocsConfig, builder: Any) -> Any:
        """Watch what figures are made of, outside of the documents, which are watched anyway."""
        documents = Path(config.docs_dir).resolve()
        for path in sorted({Path(name).resolve() for name in self._site(config).inputs}):
            if not path.is_relative_to(documents) and path.exists():
                server.watch(str(path))
        return server

    def _site(self, config: MkDocsConfig) -> Site:
        site = site_of_mkdocs(config)
        if self.config.root is not None:
            site.root = (Path(config.config_file_path or config.docs_dir).parent / self.config.root).resolve()
        return site
