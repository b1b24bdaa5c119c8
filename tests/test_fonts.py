"""Fonts for characters that the shipped one has not: given, or the system's; and files that are none."""

from __future__ import annotations

import random
import re
import warnings
from pathlib import Path

import pytest
from conftest import Run
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

import connectivity
from connectivity import DrawingError, Figure, FigureFileError
from connectivity.errors import MissingGlyphs
from connectivity.rendering.fonts import Fonts, system_folders
from connectivity.typeset.fontfile import FILE_LIMIT, FontFile, read_font
from connectivity.typeset.metrics import DATA, unknown

NOWHERE = "\U0010fffd"
"""A character of private use that no font has by chance."""

REGULAR = DATA / "fonts" / "SourceSans3-Regular.otf"
both_engines = pytest.mark.parametrize("engine", ["embedded", pytest.param("system", marks=pytest.mark.system_engine)])


def made(path: Path, characters: str, family: str = 'A "font" & <more>') -> Path:
    """A font in which each character is a square."""
    names = [".notdef", *(f"c{n}" for n in range(len(characters)))]
    pen = TTGlyphPen(None)
    for number, corner in enumerate([(100, 0), (100, 700), (800, 700), (800, 0)]):
        (pen.lineTo if number else pen.moveTo)(corner)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(character): f"c{n}" for n, character in enumerate(characters)})
    builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (900, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


@pytest.fixture(scope="module")
def font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("fonts") / "own.ttf", f"{NOWHERE}漢")


def test_a_font_says_what_it_has(font: Path) -> None:
    read = read_font(font)
    assert (read.family, NOWHERE in read, "漢" in read, "字" in read, "" not in read) == (
        'A "font" & <more>', True, True, False, True,
    )  # fmt: skip
    shipped = read_font(REGULAR)
    assert shipped.family == "Source Sans 3"
    known = [chr(code) for code in range(0x20, 0x2600) if not unknown(chr(code))]
    assert [character for character in known if character not in shipped and character.isprintable()] == []
    assert not [character for character in unknown("∈ℝ漢😀") if character in shipped]


@pytest.mark.parametrize("format", ["png", "pdf"])
@both_engines
def test_a_font_is_used_where_the_shipped_one_has_nothing(font: Path, format: str, engine: str) -> None:
    figure = Figure.of("3 fc:2").changed(title=f"a {NOWHERE} b")
    with pytest.warns(MissingGlyphs, match=r"no font has . \(U\+10FFFD\): PNG and PDF show a box .*--font FILE"):
        without = figure.draw(format, engine)
    given = figure.changed(font=str(font))
    assert given.draw(format, engine) == given.draw(format, engine) != without


@pytest.mark.parametrize("format", ["svg", "png", "pdf", "dot"])
def test_a_font_changes_nothing_where_the_shipped_one_suffices(font: Path, format: str) -> None:
    figure = Figure.of("6 conv:3 fc:2").changed(title=r"Größe $\sigma(x_i) \le \hat{y}$")
    assert figure.changed(font=str(font)).draw(format) == figure.draw(format)


def test_characters_of_the_system_s_fonts_are_drawn() -> None:
    figure = Figure.of("3 fc:2").changed(title="漢字 ∈ ℝ")
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        figure.draw("png")
    told = [str(note.message) for note in noted]
    with Fonts(None, system=True).configured() as environment:
        settings = Path(environment["FONTCONFIG_FILE"]).read_text(encoding="utf-8")
    assert all(f"<dir>{folder}</dir>" in settings for folder in system_folders())
    assert told
    for note in told:
        assert re.match(r"no font has |the shipped font has no .*system's fonts .* may differ .*--font FILE", note)


def test_a_font_that_has_all_promises_the_same_everywhere(font: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", MissingGlyphs)
        Figure.of("3 fc:2").changed(title=f"a {NOWHERE} b", font=str(font)).draw("png")


def test_a_family_may_be_called_anything(font: Path) -> None:
    with Fonts(read_font(font), system=False).configured() as environment:
        path = Path(environment["FONTCONFIG_FILE"])
        assert "<family>A \"font\" &amp; &lt;more&gt;</family>" in path.read_text(encoding="utf-8")  # fmt: skip
    assert not path.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", r"not a font \(.ttf, .otf or .ttc\)"),
        (b"root:x:0:0", "not a font"),
        (b"wOF2" + bytes(100), "a font for web pages"),
        (b"OTTO", "broken; a table ends before it should"),
        (b"OTTO\x00\x00" + bytes(100), "broken; 0 tables"),
        (b"OTTO\x00\x01" + bytes(100), 'broken; it has no table "cmap"'),
        (b"ttcf\x00\x01\x00\x00\x00\x00\x00\x01\xff\xff\xff\xff", "broken; a table ends before it should"),
        (b"OTTO\x00\x01" + bytes(6) + b"cmap" + b"\xff" * 12, 'its table "cmap" goes on behind its end'),
    ],
)
def test_files_that_are_no_fonts(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "a.ttf"
    path.write_bytes(data)
    with pytest.raises(DrawingError, match=words) as caught:
        connectivity.draw("3", font=str(path))
    assert caught.value.option == "font"


def test_a_font_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.ttf"
    with path.open("wb") as file:
        file.truncate(FILE_LIMIT + 1)
    with pytest.raises(DrawingError, match="larger than 67,108,864 bytes"):
        read_font(path)
    with pytest.raises(DrawingError, match=r"cannot read .*: Is a directory"):
        read_font(tmp_path)
    with pytest.raises(DrawingError, match=r"cannot read .*: not a path"):
        read_font("a\0b")


def test_broken_fonts_are_errors_or_fonts(font: Path, tmp_path: Path) -> None:
    """A font cut anywhere, and one with bytes changed anywhere, is read or refused in words."""
    data, chance, path = font.read_bytes(), random.Random(1), tmp_path / "a.ttf"
    read = 0
    for number in range(300):
        if number % 3:
            broken = bytearray(data)
            for _ in range(chance.choice([1, 4, 40])):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            path.write_bytes(broken)
        else:
            path.write_bytes(data[: chance.randrange(len(data))])
        try:
            read += isinstance(read_font(path), FontFile)
        except DrawingError as error:
            assert str(error).startswith('font "')
    assert 0 < read < 300


def test_a_font_whose_glyphs_are_broken_is_one_error(font: Path, tmp_path: Path) -> None:
    """What is in order as far as it is read here, and yet no font to those who draw."""
    data = bytearray(font.read_bytes())
    place = data.index(b"head")
    offset = int.from_bytes(data[place + 8 : place + 12], "big")
    data[offset + 18 : offset + 20] = b"\0\0"  # units of an em
    path = tmp_path / "a.ttf"
    path.write_bytes(data)
    with pytest.raises(DrawingError, match="the font cannot be used"):
        connectivity.draw("3 fc:2", "png", title=NOWHERE, font=str(path))


def test_a_figure_file_names_a_font_beside_it(font: Path, tmp_path: Path) -> None:
    (tmp_path / "own.ttf").write_bytes(font.read_bytes())
    path = tmp_path / "net.toml"
    path.write_text(f'network = "3 fc:2"\ntitle = "{NOWHERE}"\nfont = "own.ttf"\n', encoding="utf-8")
    figure = Figure.read(path)
    assert str(tmp_path / "own.ttf") in figure.dependencies
    assert figure.draw("png").startswith(b"\x89PNG")
    path.write_text('network = "3 fc:2"\nfont = "none.ttf"\n')
    with pytest.raises(FigureFileError, match=r'net.toml:2:8: font: cannot read ".*none.ttf"'):
        Figure.read(path).draw()


def test_from_the_command_line(run: Run, font: Path, tmp_path: Path) -> None:
    assert run("draw", "3", "--title", NOWHERE, "--font", str(font), "-o", "a.png").stderr == b"wrote a.png\n"
    done = run("draw", "3", "--font", "none.ttf", "-o", "b.png")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines() == [
        'connectivity: font: cannot read "none.ttf": No such file or directory; looked in the folder you are in: it has no .ttf'
    ]
    assert not (tmp_path / "b.png").exists()
