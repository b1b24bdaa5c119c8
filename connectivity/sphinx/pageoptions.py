"""What a page says of how a figure stands on it, as of an image or a figure of docutils."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from docutils.parsers.rst import directives
from docutils.parsers.rst.directives.images import Image

from connectivity.errors import DrawingError

Attributes = Mapping[str, tuple[str, Callable[[str], Any]]]
"""Options by their names: the attribute that each becomes, and what makes its value of a text."""


def _align(text: str) -> str:
    return directives.choice(text, Image.align_values)


def _figure_width(text: str) -> str:
    return text if text == "image" else directives.length_or_percentage_or_unitless(text, "px")


_PICTURE: Attributes = {
    "align": ("align", _align),
    "class": ("classes", directives.class_option),
    "height": ("height", directives.length_or_unitless),
    "loading": ("loading", lambda text: directives.choice(text, ("embed", "link", "lazy"))),
    "scale": ("scale", directives.percentage),
    "width": ("width", directives.length_or_percentage_or_unitless),
}
_AROUND: Attributes = {
    "figclass": ("classes", directives.class_option),
    "figwidth": ("width", _figure_width),
}
FIGURE = ("figclass", "figname", "figwidth")
"""Options that only a figure has."""

OWN = (*_PICTURE, *FIGURE, "alt", "caption", "name", "target")
"""Options of the page: what they say is no matter of the drawing."""


def is_own(name: str, text: str) -> bool:
    """Whether an option is the page's. ``scale`` is also a drawing's, which has no numbers.

    >>> is_own("scale", "50 %"), is_own("scale", "layer")
    (True, False)
    """
    return name in OWN and not (name == "scale" and not text[:1].isdigit())


def picture_options(said: Mapping[str, str]) -> dict[str, Any]:
    """The attributes of a picture that options say. Raises DrawingError."""
    return _attributes(_PICTURE, said)


def figure_options(said: Mapping[str, str]) -> dict[str, Any]:
    """The attributes of the figure around it. A width of "image" is that of the picture. Raises DrawingError."""
    return _attributes(_AROUND, said)


def _attributes(known: Attributes, said: Mapping[str, str]) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for name, (attribute, convert) in known.items():
        if name in said and is_own(name, said[name]):
            try:
                attributes[attribute] = convert(said[name])
            except ValueError as error:
                raise DrawingError(f"{name}: {error}", name) from error
    return attributes
