from __future__ import annotations

import os
from pathlib import Path

import pytest

from connectivity import Figure
from connectivity.errors import NotationError
from connectivity.pages.cache import CHECKSUM, Drawings, fingerprint


def test_a_drawing_is_drawn_once(tmp_path: Path) -> None:
    figure, drawings = Figure.of("3 fc:2"), Drawings(tmp_path / "there")
    path = drawings.draw(figure, "svg")
    assert path.read_bytes() == figure.draw("svg")
    os.utime(path, (1, 1))
    assert drawings.draw(Figure.of("3   fc:2"), "svg") == path
    assert path.stat().st_mtime == 1


@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: data + b"x"])
def test_a_damaged_drawing_is_drawn_anew(tmp_path: Path, damage: object) -> None:
    figure, drawings = Figure.of("3 fc:2"), Drawings(tmp_path)
    for broken in ("", CHECKSUM):
        path = drawings.draw(figure, "svg")
        place = path.with_name(path.name + broken)
        place.write_bytes(damage(place.read_bytes()))  # type: ignore[operator]
        assert drawings.draw(figure, "svg").read_bytes() == figure.draw("svg")


def test_a_drawing_without_its_checksum_is_drawn_anew(tmp_path: Path) -> None:
    figure, drawings = Figure.of("3 fc:2"), Drawings(tmp_path)
    path = drawings.draw(figure, "svg")
    path.with_name(path.name + CHECKSUM).unlink()
    path.write_bytes(b"<svg/>")
    assert drawings.draw(figure, "svg").read_bytes() == figure.draw("svg")


def test_whatever_shows_makes_another_drawing() -> None:
    figure = Figure.of("9 conv:3 fc:2")
    others = [
        figure.changed(title="x"),
        figure.changed(description="x"),
        figure.changed(seed=1),
        figure.changed(theme="dark"),
        figure.changed(theme="auto"),
        figure.changed(max_units=3),
        Figure.of("9 k=conv:3 fc:2"),
    ]
    names = [fingerprint(each, "svg") for each in (figure, *others)]
    assert len(set(names)) == len(names)
    assert fingerprint(figure, "png") != fingerprint(figure.changed(dpi=50.0), "png") != fingerprint(figure, "svg")
    assert fingerprint(figure, "svg") == fingerprint(figure.changed(theme="light"), "svg")


def test_nothing_is_left_where_nothing_can_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(NotationError):
        Drawings(tmp_path).draw(Figure.of("3 fx:2"), "svg")
    assert list(tmp_path.iterdir()) == []
