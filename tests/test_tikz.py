"""Figures in documents: TikZ as LaTeX compiles it, Typst as Typst does, both beside our own PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import connectivity
from connectivity import DrawingError, Figure, build, parse
from connectivity.rendering.texwords import latex
from connectivity.rendering.typst import content
from connectivity.typeset.markup import pieces
from connectivity.typeset.metrics import set_in, text_width

SAMPLES = sorted((ROOT / "samples").glob("[0-9]*.toml"))

PLAIN = {"captions": False, "labels": "none", "legend": False, "theme": "light"}
"""Of a figure nothing but what is the same in every font."""

PICTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "circles": ("6 conv:3 fc:2", {}),
    "skips": ("x=8 conv:3,p=1 relu conv:3,p=1 add:x", {}),
    "cells": ("2x12 conv:3,c=4 maxpool:2 fc:3", {}),
    "kernels": ("2x8 conv:3,c=3", {"kernels": "show"}),
    "matrix": ("6 conv:3", {"view": "both"}),
    "highlight": ("9 conv:3 y=conv:3", {"highlight": "y.3:receptive-field", "rest": "dashed"}),
    "padding": ("5 conv:3,p=1", {"padding": "hollow"}),
    "many": ("60 fc:60", {"max_units": 0}),
    "boxes": ("5 fc:4", {"unit_shape": "square", "box": "x"}),
    "dropped": ("5,drop=2 fc:3", {"dropped": "cross"}),
}

HOSTILE = [
    r"\input{/etc/passwd}",
    r"\write18{touch owned}",
    r"\immediate\write18{touch owned}",
    r"} \end{tikzpicture} \end{document}",
    r"{{{{",
    r"50% & #1 _ ^ ~ $ \\ \par",
    r"^^5cinput{/etc/passwd}",
    r"$\text{^^5cinput{x}}$",
    r"$x^{}^^5cinput$",
    r"$\text{\input{x}}$",
    r"\catcode`\@=11",
    "a\nb\n\nc",
    r"\csname end\endcsname",
    r"$\mathbb{R}^n$, $\hat{x}_i$, $\frac{a}{b}$, $\operatorname{foo}$, $\left( x \right)$",
    "Größe – “quoted” … × − → α₁ x² §",
    r"a--b ''c'' ?` !` <<x>>",
    r"$\big( x \middle| y$",
    r'" #let x = read("/etc/passwd") \ "',
    '"); #eval("1")',
    "// no comment /* nor this */ [ ] ` @label <label>",
]


def compile_latex(folder: Path, body: str, preamble: str = "", size: str = "10pt") -> Path:
    """The PDF of a document, whatever is in it on a page of its own size."""
    path = folder / "document.tex"
    path.write_text(
        f"\\documentclass[{size}]{{article}}\n"
        "\\usepackage[T1]{fontenc}\n\\usepackage{lmodern}\n\\usepackage{tikz}\n"
        f"{preamble}\\hoffset=-1in \\voffset=-1in\n"
        "\\newcommand{\\figurepage}[1]{\\setbox0=\\hbox{\\input{#1}}\\pdfpagewidth=\\wd0 "
        "\\pdfpageheight=\\dimexpr\\ht0+\\dp0\\relax\\shipout\\box0}\n"
        f"\\begin{{document}}\n{body}\n\\end{{document}}\n",
        encoding="utf-8",
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", path.name]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, errors="replace", check=False, timeout=240
    )
    assert done.returncode == 0, done.stdout[-1500:]
    return path.with_suffix(".pdf")


def compile_typst(folder: Path, body: str) -> Path:
    """The PDF of a document of Typst."""
    import typst

    path = folder / "document.typ"
    path.write_text(body, encoding="utf-8")
    typst.compile(str(path), output=str(path.with_suffix(".pdf")), root=str(folder))
    return path.with_suffix(".pdf")


def pages(path: Path, dpi: int = 48) -> list[NDArray[np.float64]]:
    """The pages as grey values, from 0 (black) to 1."""
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", str(path), str(path.with_suffix(""))], check=True)
    found = sorted(path.parent.glob(f"{path.stem}-*.pgm"))
    images = []
    for one in found:
        data = one.read_bytes()
        match = re.match(rb"P5\s(\d+)\s(\d+)\s255\s", data)
        assert match
        images.append(np.frombuffer(data[match.end() :], np.uint8).reshape(int(match[2]), int(match[1])) / 255)
        one.unlink()
    return images


def unlike(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The share of ink that two pictures do not have in common, seen from afar: 3 x 3 pixels are one."""
    assert np.allclose(one.shape, other.shape, atol=1)
    height, width = (min(sides) // 3 * 3 for sides in zip(one.shape, other.shape, strict=True))
    coarse = [
        1 - image[:height, :width].reshape(height // 3, 3, width // 3, 3).mean(axis=(1, 3)) for image in (one, other)
    ]
    return float(np.abs(coarse[0] - coarse[1]).sum() / max(coarse[0].sum(), 1e-9))


def figure_of(name: str) -> Figure:
    """A picture without words, in the size that it has in documents."""
    network, options = PICTURES[name]
    return Figure.of(network).changed(**{**PLAIN, **options, "font_size": "8pt"})


@pytest.mark.latex
@pytest.mark.poppler
def test_tikz_is_the_picture_that_our_pdf_is(tmp_path: Path) -> None:
    for name in PICTURES:
        figure_of(name).save(tmp_path / f"{name}.tex")
        with set_in("roman"):  # numbers beside cells have the same room
            figure_of(name).save(tmp_path / f"{name}.pdf")
    body = "\n".join(rf"\figurepage{{{name}.tex}}" for name in PICTURES)
    made = pages(compile_latex(tmp_path, body))
    assert len(made) == len(PICTURES)
    for name, page in zip(PICTURES, made, strict=True):
        (own,) = pages(tmp_path / f"{name}.pdf")
        assert unlike(own, page) < 0.2, name  # dashes begin elsewhere, signs are in another font


@pytest.mark.poppler
def test_typst_is_the_picture_that_our_pdf_is(tmp_path: Path) -> None:
    for name in PICTURES:
        figure_of(name).save(tmp_path / f"{name}.typ")
        with set_in("roman"):  # numbers beside cells have the same room
            figure_of(name).save(tmp_path / f"{name}.pdf")
    shown = "\n#pagebreak()\n".join(f'#include "{name}.typ"' for name in PICTURES)
    made = pages(compile_typst(tmp_path, f"#set page(width: auto, height: auto, margin: 0pt)\n{shown}\n"))
    assert len(made) == len(PICTURES)
    for name, page in zip(PICTURES, made, strict=True):
        (own,) = pages(tmp_path / f"{name}.pdf")
        assert unlike(own, page) < 0.2, name  # dashes begin elsewhere, signs are in another font


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all figures of the gallery as TikZ."""
    folder = tmp_path_factory.mktemp("gallery")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in SAMPLES:
            connectivity.save(path, folder / f"{path.stem}.tex")
    return folder


def telling(paths: Sequence[Path]) -> list[Path]:
    """Figures in which there is every command, option and character that is in any of them; quick ones first."""
    parts = {
        path: {*re.findall(r"\\[A-Za-z]+|[\[,] *(?:every )?[a-z ]+(?==)", text), *text}
        for path in paths
        for text in [path.read_text(encoding="utf-8")]
    }
    missing, chosen = set().union(*parts.values()), list[Path]()
    while missing:
        best = max(parts, key=lambda path: len(parts[path] & missing) / path.stat().st_size)
        chosen.append(best)
        missing -= parts[best]
    return chosen


def is_set_by_latex(folder: Path, paths: Sequence[Path]) -> None:
    """With TikZ alone; nothing is too wide, and no character is missing."""
    compile_latex(folder, "\n".join(rf"\figurepage{{{path.name}}}" for path in paths))
    log = (folder / "document.log").read_text(errors="replace")
    assert re.findall(r"Missing character.*|Overfull.*|Undefined.*", log) == []
    assert f"({len(paths)} pages" in log.replace("\n", "")


@pytest.mark.latex
def test_all_that_figures_of_the_gallery_are_made_of_is_set_by_latex(gallery: Path) -> None:
    is_set_by_latex(gallery, telling(sorted(gallery.glob("[0-9]*.tex"))))


@pytest.mark.latex
@pytest.mark.thorough
def test_every_figure_of_the_gallery_is_set_by_latex(gallery: Path) -> None:
    is_set_by_latex(gallery, sorted(gallery.glob("[0-9]*.tex")))


def test_every_figure_of_the_gallery_is_set_by_typst(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in SAMPLES:
            connectivity.save(path, tmp_path / f"{path.stem}.typ")
    compile_typst(tmp_path, "\n".join(f'#include "{path.stem}.typ"' for path in SAMPLES))


@pytest.mark.latex
def test_the_steps_of_a_figure_are_set_by_latex_in_one_size(tmp_path: Path) -> None:
    saved = steps(tmp_path, "tex")
    compile_latex(tmp_path, "\n".join(rf"\figurepage{{{path.name}}}" for path in saved))
    log = (tmp_path / "document.log").read_text(errors="replace")
    assert re.findall(r"Missing character.*|Overfull.*|Undefined.*", log) == []
    assert f"({len(saved)} pages" in log.replace("\n", "")


def test_the_steps_of_a_figure_are_set_by_typst_in_one_size(tmp_path: Path) -> None:
    saved = steps(tmp_path, "typ")
    compile_typst(tmp_path, "\n".join(f'#include "{path.name}"' for path in saved))


def steps(folder: Path, format: str) -> list[Path]:
    """The files of the gallery's figures that move, a file for each step; those of a figure have one size."""
    saved = []
    for path in SAMPLES:
        figure = Figure.read(path)
        if figure.moves:
            figure.save(folder / f"{path.stem}-%02d.{format}")
            own = sorted(folder.glob(f"{path.stem}-*.{format}"))
            sizes = {re.search(r": ([\d.]+ x [\d.]+) ", one.read_text(encoding="utf-8")) for one in own}
            assert len({size[1] for size in sizes if size}) == 1, path
            assert len(own) >= 3
            saved += own
    assert len(saved) >= 3 * 5
    return saved


def test_labels_stand_within_their_units(tmp_path: Path) -> None:
    """A label has the size of LaTeX that is no larger than its own, where captions have the nearest one."""
    text = connectivity.draw("7 conv:3", "tex", width="60mm", font_size="8pt", captions=False, legend=False).decode()
    diameter = re.search(r"minimum size=([\d.]+)bp", text)
    font = re.search(r"net label/\.style=\{font=\\fontsize\{([\d.]+)\}", text)
    assert diameter
    assert font
    assert float(font[1]) <= 0.5 * float(diameter[1])


@pytest.mark.latex
@pytest.mark.poppler
def test_a_figure_is_the_same_in_a_document_of_larger_letters(tmp_path: Path) -> None:
    """Its units and its room are in points, and so are its words: a thesis of 12 points has larger footnotes."""
    connectivity.save("784 fc:100", tmp_path / "figure.tex", width="84mm", font_size="8pt", max_units=6)
    images = []
    for size in ("10pt", "12pt"):
        (folder := tmp_path / size).mkdir()
        shutil.copy(tmp_path / "figure.tex", folder)
        images += pages(compile_latex(folder, r"\figurepage{figure.tex}", size=size))
    assert unlike(*images) < 0.01


def test_nodes_are_called_after_units_and_edges_after_weights() -> None:
    text = connectivity.draw("2x4 h=conv:2 y=fc:2", "tex", units="circles").decode()
    for node in ("x-1-3", "h-2", "y-1"):
        assert f"({node}) at" in text, node
    assert re.search(r"\\draw\[net h-weight-0-1-0\] \(x-2-1\) -- \(h-1\);", text)
    assert "% layer 2" in text


def test_names_of_tikz_are_not_redefined() -> None:
    """A layer may be called as a key of TikZ is."""
    text = connectivity.draw("draw=3 fill=fc:2 node=fc:2 label=fc:1", "tex").decode()
    styles = re.findall(r"^  (?!every )(.*)/\.style=", text, re.M)
    assert styles
    assert all(name.startswith("net ") for name in styles)


def test_colours_are_named_once_at_the_top() -> None:
    for format, definition in (("tex", r"\\definecolor\{(\w+)\}"), ("typ", r"#let (net-[\w-]+) = rgb")):
        text = connectivity.draw("6 conv:3 fc:2", format).decode()
        names = re.findall(definition, text)
        assert len(names) == len(set(names)) > 5
        assert "h1.weight[0,0,0]" in text.partition("\\begin{tikzpicture}" if format == "tex" else "#box")[0]


@pytest.mark.latex
@pytest.mark.poppler
def test_a_standalone_document_is_as_large_as_its_figure(tmp_path: Path) -> None:
    connectivity.save("6 conv:3", tmp_path / "alone.tex", standalone=True, width="84mm")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "alone.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-800:]
    said = subprocess.run(["pdfinfo", tmp_path / "alone.pdf"], capture_output=True, text=True, check=True).stdout
    width = re.search(r"Page size: +([\d.]+) x", said)
    assert width
    assert float(width[1]) == pytest.approx(84 / 25.4 * 72, abs=0.1)


@pytest.mark.latex
@pytest.mark.poppler
def test_styles_of_a_document_do_not_reach_into_its_figures(tmp_path: Path) -> None:
    """What a document says of all its pictures is not of this one; signs that its language made active are not, either."""
    connectivity.save("6 conv:3 fc:2", tmp_path / "figure.tex", width="84mm", captions=False)
    styles = (
        "every node/.style={draw=red, inner sep=3mm, rotate=20}, every label/.style={fill}, every path/.style={dashed}"
    )
    active = r"\begingroup\lccode126 61 \lowercase{\endgroup\gdef~}{\char61 }\catcode61 13 "
    body = rf"\figurepage{{figure.tex}}\tikzset{{{styles}}}{active}\figurepage{{figure.tex}}"
    plain, other = pages(compile_latex(tmp_path, body))
    assert unlike(plain, other) < 0.01


@pytest.mark.latex
@pytest.mark.poppler
def test_a_standalone_document_has_all_characters_of_latin_modern(tmp_path: Path) -> None:
    """Engines of Unicode are not held to an encoding of 256 characters."""
    if not shutil.which("xelatex"):
        pytest.skip("no xelatex")
    connectivity.save("6 conv:3", tmp_path / "alone.tex", standalone=True, title="№ ŵ \u0219")
    command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "alone.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-800:]
    assert "Missing character" not in (tmp_path / "alone.log").read_text(errors="replace")


def test_letters_of_a_text_are_in_its_font() -> None:
    """Those that formulas have as commands of a text, too: a talk has no serifs."""
    assert latex("Größe \u00f8 \u00a7").text == r"Grö\ss{}e \o{} \S{}"
    assert latex(r"$\text{Größe} \ss$").text == r"$\textrm{Grö\ss{}e} \textrm{\ss}$"


@pytest.mark.latex
@pytest.mark.poppler
def test_straight_quotation_marks_are_straight_where_the_font_has_them(tmp_path: Path) -> None:
    connectivity.save("3 fc:2", tmp_path / "figure.tex", title='say "yes"')
    made = compile_latex(tmp_path, r"\figurepage{figure.tex}")
    said = subprocess.run(["pdftotext", made, "-"], capture_output=True, text=True, check=True).stdout
    assert 'say "yes"' in said


def test_spaces_of_formulas_do_not_count_in_any_line() -> None:
    """Those within a line that is wrapped do not break it, and are no wider for that."""
    drawn = connectivity.draw("3 fc:2", "tex", title=r"$x y$ is $\mathbf{W} x~+ b$").decode()
    assert r"{$x y$ is $\mathbf{W} x~+ b$}" in drawn


def test_a_standalone_document_of_typst_is_one(tmp_path: Path) -> None:
    compile_typst(tmp_path, connectivity.draw("6 conv:3", "typ", standalone=True).decode())


@pytest.mark.poppler
def test_rules_of_a_document_do_not_reach_into_its_figures_of_typst(tmp_path: Path) -> None:
    """What a document says of all its boxes and lines is not of those that a figure is made of."""
    network = "2x4 conv:2,c=2 fc:2"
    figure = connectivity.draw(network, "typ", width="84mm", units="circles", captions=False, box="x").decode()
    (tmp_path / "figure.typ").write_text(figure, encoding="utf-8")
    pens = 'stroke: (paint: red, thickness: 3pt, dash: "dotted")'
    rules = [f"#set {one}({pens})" for one in ("line", "ellipse", "polygon", "curve")]
    rules += [f"#set {one}({pens}, fill: red, inset: 5pt, outset: 2pt)" for one in ("box", "rect")]
    (plain,) = pages(compile_typst(tmp_path, '#set page(margin: 0pt)\n#include "figure.typ"'))
    (other,) = pages(compile_typst(tmp_path, "#set page(margin: 0pt)\n" + "\n".join([*rules, '#include "figure.typ"'])))
    assert plain.min() < 0.5
    assert unlike(plain, other) < 0.01


@pytest.mark.poppler
def test_labels_of_typst_stand_within_their_units_in_any_font(tmp_path: Path) -> None:
    figure = connectivity.draw("x=3 fc:2", "typ", width="60mm", captions=False, legend=False, label="x=fill/lift/till")
    (tmp_path / "figure.typ").write_bytes(figure)
    made = compile_typst(tmp_path, '#set text(font: "DejaVu Sans Mono")\n#include "figure.typ"')
    said = subprocess.run(["pdftotext", "-bbox", made, "-"], capture_output=True, text=True, check=True).stdout
    words = re.findall(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">(?:fill|lift|till)<', said)
    diameter = re.search(r"unit\(\S+ \S+ ([\d.]+)pt, .* // x1", figure.decode())
    assert diameter
    assert len(words) == 3
    assert all(float(end) - float(start) < 0.8 * float(diameter[1]) for start, end in words)


def test_words_before_a_formula_of_typst_are_text() -> None:
    """A script has a word or a sign for its base, and what stands before that keeps the font and weight of the line."""
    assert content(pieces(r"50 % of $\mathbb{R}^{n}$ & co")) == '[#"50 % of "$"ℝ"^(italic("n"))$#" & co"]'
    assert content(pieces(r"the $\max_i$")) == '[#"the "$"max"_(italic("i"))$]'


FORMULAS = [
    (r"$\operatorname x$", r"$\mathop{\mathrm{x}}\nolimits$"),
    (r"$\operatorname{a{b}c}$", r"$\mathop{\mathrm{a{b}c}}\nolimits$"),
    (r"$\operatorname*{arg}_x$", r"$\mathop{\mathrm{arg}}_x$"),
    (r"$\text{a \textbf{b} \alpha}$", r"$\textrm{a \textbf{b} $\alpha$}$"),
    (r"$\text{a {b} c}$", r"$\textrm{a {b} c}$"),
    (r"$\text{if $x_1$ is}$", r"$\textrm{if $x_1$ is}$"),
    (r"$\text{a~b}$", r"$\textrm{a b}$"),
    (r"$\text{\$5}$", r"$\textrm{$\$$5}$"),
    (r"$\emph{so}$", r"$\textit{so}$"),
    (r"$\text a$", r"\$\textbackslash{}text a\$"),
    (r"$x^$", r"\$x\textasciicircum{}\$"),
    ("$x\u0302$", r"$\hat{x}$"),
    ("$x\u0325$", "$x$"),
    ("$a~b$", "$a~b$"),
    ("$a\u00a0b$", "$a b$"),
    ("$a\u2212b$", "$a-b$"),
    ("$a\u00b2$", "$a{}^{2}$"),
    ("$a\u2026b\u22ef$", r"$a\ldots b\cdots$"),
    ("$\u00e4$", "$\\textrm{\u00e4}$"),
]
"""Formulas as they are typed, and as LaTeX gets them: what is none is text, an accent that LaTeX has not is left out."""


@pytest.mark.parametrize(("typed", "written"), FORMULAS)
def test_a_formula_is_written_anew_token_by_token(typed: str, written: str) -> None:
    assert latex(typed).text == written


def test_a_letter_with_an_index_is_mathematics_in_typst_as_in_latex() -> None:
    """The names of weights in a legend look as those at their connections do."""
    assert content(pieces("w₁₂ of h")) == '[$italic("w")_("12")$#" of h"]'
    assert latex("w₁₂ of h").text == "$w_{12}$ of h"


def test_texts_have_the_room_that_roman_letters_need() -> None:
    own = text_width("fully connected", 8, "semibold")
    with set_in("roman"):
        assert text_width("fully connected", 8, "semibold") > 1.1 * own
    assert text_width("fully connected", 8, "semibold") == own


def test_a_figure_too_large_for_tex_is_refused() -> None:
    with pytest.raises(DrawingError, match=r"marks are too many for TeX, at most 20,000: max-units"):
        connectivity.draw("200 fc:200", "tex", max_units=0)


@pytest.mark.parametrize("format", ["tex", "typ"])
def test_the_same_figure_is_the_same_text(format: str) -> None:
    assert connectivity.draw("2x8 conv:3,c=2 fc:2", format) == connectivity.draw("2x8 conv:3,c=2 fc:2", format)


def hostile_figure(text: str) -> Figure:
    return Figure.of("3 fc:2").changed(
        title=text, unit_labels=(f"x={text[:3].replace('/', '')}",), layer_titles=(text,), description=text
    )


def harmless(text: str) -> str:
    """A text that a title may be: mathematics that is none is said to be wrong before anything is drawn."""
    try:
        hostile_figure(text).scene()
    except DrawingError:
        return text.replace("$", r"\$")
    return text


@pytest.mark.latex
@pytest.mark.poppler
def test_labels_do_not_break_out_of_latex(tmp_path: Path) -> None:
    for place, text in enumerate(HOSTILE):
        hostile_figure(harmless(text)).save(tmp_path / f"figure{place}.tex")
    body = "\n".join(rf"\figurepage{{figure{place}.tex}}" for place in range(len(HOSTILE)))
    path = compile_latex(tmp_path, body, "\\usepackage{amssymb}\n")
    said = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    assert said.count("\f") == len(HOSTILE)
    assert "root:" not in said
    assert not (tmp_path / "owned").exists()
    assert r"input{/etc/passwd}" in said.replace(" ", "").replace("\n", "")


@pytest.mark.poppler
def test_labels_do_not_break_out_of_typst(tmp_path: Path) -> None:
    for place, text in enumerate(HOSTILE):
        hostile_figure(harmless(text)).save(tmp_path / f"figure{place}.typ")
    body = "#set page(width: auto, height: auto)\n" + "\n#pagebreak()\n".join(
        f'#include "figure{place}.typ"' for place in range(len(HOSTILE))
    )
    path = compile_typst(tmp_path, body)
    said = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    assert said.count("\f") == len(HOSTILE)
    assert "root:" not in said


@pytest.mark.parametrize(("format", "mark"), [("tex", "%"), ("typ", "//")])
def test_names_of_a_graph_do_not_break_out_of_comments(format: str, mark: str) -> None:
    graph = build(parse("2 fc:2")[0])
    for number, (_, _, about) in enumerate(graph.edges(data=True)):
        about["parameter"] = f"a{number}\n\\input{{/etc/passwd}}\r#read()\u2028#eval()"
    for number, (_, about) in enumerate(graph.nodes(data=True)):
        about["name"] = f"u{number}\n\\input{{/etc/passwd}}\u0085#read()"
    for shown in ({}, {"view": "both"}, {"highlight": "y.2"}):
        options: dict[str, Any] = {**shown, "labels": "none"}
        for line in connectivity.draw(graph, format, **options).decode().splitlines():
            code = _SAID.sub("", line).partition(mark)[0]
            assert not re.search(r"\\input\{|#(read|eval)", code), line


_SAID = re.compile(r'"(?:\\.|[^"\\])*"|\\#')
"""Strings of Typst, and signs that LaTeX only writes."""

COMMANDS = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
FORBIDDEN = re.compile(
    r"input|include|write|openout|openin|read|catcode|def|gdef|edef|let|csname|expandafter|immediate|special|end|begin|"
    r"newcommand|loop|par|message|errmessage|output|shipout|usepackage|directlua|scantokens|string|meaning"
)


TROUBLE = [*"\\{}$^_%#&~ ab1'\"`-<>|\n\u00e9\u2192", "\\input", "^^", "\\text{", "\\write18"]


@given(st.lists(st.sampled_from(TROUBLE), max_size=40).map("".join))
def test_no_text_says_a_command_of_its_own(text: str) -> None:
    for line in text.split("\n"):
        written = latex(line).text
        assert not any(FORBIDDEN.fullmatch(name) for name in COMMANDS.findall(written)), written
        assert "^^" not in written
        bare = COMMANDS.sub("", written)
        assert "%" not in bare
        assert "#" not in bare
        depth = 0
        for sign in bare:
            depth += {"{": 1, "}": -1}.get(sign, 0)
            assert depth >= 0, written
        assert depth == 0, written
        assert bare.count("$") % 2 == 0


@given(st.text(max_size=60))
def test_strings_of_typst_end_where_they_should(text: str) -> None:
    from connectivity.rendering.typst import string

    said = string(text)
    inner = re.sub(r'\\["\\]', "", said[1:-1])
    assert said[0] == said[-1] == '"'
    assert '"' not in inner
    assert "\\" not in inner


def test_what_pdflatex_cannot_set_is_said_in_a_comment() -> None:
    text = connectivity.draw("3 fc:2", "tex", title="汉字 $\\mathbb{R}$").decode()
    head = text.partition("\\begin{tikzpicture}")[0]
    assert "字汉: these need LuaLaTeX or XeLaTeX" in head
    assert r"\mathbb: \usepackage{amssymb} as well" in head
