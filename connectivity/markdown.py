"""Fences of Markdown: figures in pages of Zensical and MkDocs, and wherever pymdownx.superfences is used.

MkDocs has a plugin for it (:mod:`connectivity.doors.mkdocs`); in ``zensical.toml``, superfences is told of
:func:`formatter` and :func:`validator`. What a fence says and how a site is told of it is in ``samples/docs/sites.rst``,
the manual's page "Sites and papers in Markdown".
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from connectivity.options import settings
from connectivity.pages.fences import Fence
from connectivity.pages.kept import Kept, Picture
from connectivity.pages.places import Place
from connectivity.pages.showing import STYLESHEET, Wish, element, failure, fault
from connectivity.pages.superfences import Reading, all_said, head_of

__all__ = ["STYLESHEET", "formatter", "validator"]

LOGGER = logging.getLogger("mkdocs.plugins.connectivity")
_UNSTYLED = (
    'the style sheet of figures is not loaded: add "connectivity.css" to extra_css, and write it with '
    "connectivity-fence --stylesheet > docs/connectivity.css"
)
_SIGN = "svg.connectivity"  # what stands in our style sheet alone


def validator(
    language: str, inputs: Mapping[str, Any], options: dict[str, Any], attrs: dict[str, Any], md: Any
) -> bool:
    """Take all options of a fence, for superfences; :func:`formatter` says what is wrong with them.

    One without a value comes as None, True or (in older versions) its own name.
    """
    switches = {name for setting in settings() if setting.kind == "switch" for name in (setting.flag, setting.name)}
    for name, value in inputs.items():
        bare = (
            value is None
            or value is True
            or (value == name and (name in switches or name.replace("_", "-").startswith("no-")))
        )
        options[name] = "" if bare else str(value)
    return True


def formatter(
    source: str, language: str, css_class: str, options: Mapping[str, str], md: Any, **kwargs: Any
) -> str | None:
    """The HTML of a fence, for superfences: the figure, or its source and what is wrong with it; None in a comment.

    Raises SuperFencesException for what is wrong where a site of Zensical is strict.
    """
    page, head = _page(md), head_of(md)
    place = page.find(source, head)
    if place is not None and place.is_hidden:
        _pages[md] = md.htmlStash.html_counter - 1, page  # it takes no place in the store
        return None
    if page.is_unstyled():
        page.warn(_UNSTYLED)
    classes = " ".join([css_class, *kwargs.get("classes", ())])
    options = all_said(options, head)
    said = {**options, "class": " ".join(filter(None, [classes, options.get("class", "")]))}
    said.update({"name": kwargs["id_value"]} if kwargs.get("id_value") else {})
    return page.show(source, said, None if place is None else place.start + 1)


@dataclass
class Site:
    """A site that is built: where it is, what its pages load, and what was seen of it so far."""

    root: Path
    documents: Path
    styles: Sequence[str] = ()
    kept: Kept | None = None
    strict: bool = False
    inputs: set[str] = field(default_factory=set)
    is_checked: bool = False
    has_plugin: bool = False

    def loads_style(self) -> bool:
        """Whether its pages have the style sheet, under whatever name."""
        return any(name.split("?")[0].endswith(STYLESHEET.name) or self._is_style(name) for name in self.styles)

    def _is_style(self, name: str) -> bool:
        with contextlib.suppress(OSError, ValueError):
            return _SIGN in (self.documents / name).read_text(encoding="utf-8", errors="replace")
        return False


class _Page:
    """The page that is being made: its place, its text, and how many figures it has so far."""

    def __init__(self, place: Place, text: str, site: Site | None) -> None:
        self.place, self.site = place, site
        self.fences = Reading(text).fences
        self.number = 0
        if site is None or not site.has_plugin:  # which looks at pages without any figure as well
            for message in not_shown(place, text):
                self.warn(message)

    def is_unstyled(self) -> bool:
        """Whether its site lacks the style sheet, which is said once."""
        if self.site is None or self.site.is_checked:
            return False
        self.site.is_checked = True
        return not self.site.loads_style()

    def show(self, source: str, said: Mapping[str, str], line: int | None) -> str:
        """The next figure of the page, whose fence begins in that line; or what is wrong with it."""
        self.number += 1
        wish = Wish(source, said, self.place)
        try:
            # Material for MkDocs would index every tooltip.
            html, shown = element(wish, self.number, self.site.kept if self.site else None, " data-search-exclude")
        except Exception as error:  # superfences would swallow it, and show the fence as it is
            return self._failed(error, wish, line)
        self._note(shown, line)
        return html

    def _note(self, shown: Picture, line: int | None) -> None:
        if self.site is not None:
            self.site.inputs.update(shown.inputs)
        for note in shown.notes:
            LOGGER.info("%s", self.place.located(note, line))

    def _failed(self, error: Exception, wish: Wish, line: int | None) -> str:
        wrong = fault(error, wish)
        at = line + wrong.line if line is not None and wrong.line is not None else line
        self.warn(self.place.located(wrong.message, at))
        return failure(wish.text, wrong.message)

    def warn(self, message: str) -> None:
        """Say what is wrong. Raises SuperFencesException, which ends the build, where a site has no other strictness."""
        if self.site is not None and self.site.strict:
            from pymdownx.superfences import SuperFencesException

            raise SuperFencesException(message)
        LOGGER.warning("%s", message)

    def find(self, source: str, head: str) -> Fence | None:
        """The fence of the page that is shown: of those that say the same the next one."""
        wanted = " ".join(head.split())
        for place, fence in enumerate(self.fences):
            if fence.text.strip() == source.strip() and (not wanted or " ".join(fence.info.split()) == wanted):
                return self.fences.pop(place)
        return None


def not_shown(place: Place, text: str) -> list[str]:
    """What is said of the fences of a page that are meant as figures and become none."""
    return [place.located(message, line) for line, message in Reading(text).misread]


_pages: WeakKeyDictionary[Any, tuple[int, _Page]] = WeakKeyDictionary()
_sites: dict[Path, Site] = {}


def _page(md: Any) -> _Page:
    """The page that ``md`` converts: the one of the fence before, or a new one."""
    counter: int = md.htmlStash.html_counter  # each fence takes a place in this store, which every page begins anew
    before, page = _pages.get(md, (-1, None))
    if page is None or counter <= before:
        page = _page_of_mkdocs(md) or _page_of_zensical(md) or _Page(Place(Path(), Path(), Path()), "", None)
    _pages[md] = counter, page
    return page


def _page_of_mkdocs(md: Any) -> _Page | None:
    """MkDocs tells a Markdown extension of its page through the processor that makes links relative."""
    processors = md.treeprocessors
    file = getattr(processors["relpath"], "file", None) if "relpath" in processors else None
    config = getattr(processors["relpath"], "config", None) if file is not None else None
    if file is None or config is None:
        return None
    site = site_of_mkdocs(config)
    return _Page(*page_of_mkdocs(file, site), site)


def page_of_mkdocs(file: Any, site: Site) -> tuple[Place, str]:
    """The place of a page of MkDocs, and its text."""
    source = getattr(file, "abs_src_path", None)  # none of a page that a plugin makes
    folder = Path(source).parent if source else (site.documents / file.src_uri).parent
    return Place(folder, site.documents, site.root, file.src_uri), _text(source)


def site_of_mkdocs(config: Any) -> Site:
    """The site of MkDocs that has this configuration."""
    documents = Path(config["docs_dir"])
    root = Path(config["config_file_path"] or documents / "mkdocs.yml").parent
    root = root if documents.is_relative_to(root) else documents
    key = root / documents
    if key not in _sites:
        _sites[key] = Site(root, documents, kept=Kept(root))
    _sites[key].styles = [str(style) for style in config["extra_css"]]
    return _sites[key]


def _page_of_zensical(md: Any) -> _Page | None:
    """Zensical tells of its page in a processor that does nothing else."""
    for processor in md.preprocessors:
        page, config = getattr(processor, "page", None), getattr(processor, "config", None)
        if page is not None and hasattr(page, "path") and isinstance(config, Mapping) and "docs_dir" in config:
            folder = Path(config.get("root_dir", ".")).resolve()
            documents = folder / str(config["docs_dir"])
            root = folder / _root_of_zensical(config)
            site = _sites.setdefault(documents, Site(root, documents, kept=Kept(folder)))
            site.styles = [*map(str, config.get("extra_css", ()))]
            site.strict = bool(config.get("strict")) or _is_told_to_be_strict()
            path = documents / str(page.path)
            return _Page(Place(path.parent, documents, root, str(page.path)), _text(path), site)
    return None


def _root_of_zensical(config: Mapping[str, Any]) -> str:
    """What nothing is read outside of, relative to the project's folder: ``root`` under ``extra.connectivity``."""
    own = (config.get("extra") or {}).get("connectivity")
    return str(own.get("root", ".")) if isinstance(own, Mapping) else "."


def _is_told_to_be_strict() -> bool:
    """Whether this process is ``zensical build --strict``, of which Zensical's configuration does not tell."""
    program, *words = sys.argv
    return Path(program).stem == "zensical" and bool({"-s", "--strict"} & set(words))


def _text(path: str | Path | None) -> str:
    """The text of a page, where lines are looked for; nothing where it cannot be read."""
    with contextlib.suppress(OSError):
        return Path(path).read_text(encoding="utf-8", errors="replace") if path else ""
    return ""


def forget() -> None:
    """Begin a new build: nothing is known of any site."""
    _sites.clear()
