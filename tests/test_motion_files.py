"""What files a figure that moves makes: pages, pictures, a file for each step; and what pages of HTML show of it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import launched
from conftest import ROOT, Run
from motionrules import Motion
from PIL import Image, ImageChops

import connectivity
from connectivity import Figure
from connectivity.colour.themes import LIGHT
from connectivity.errors import DrawingError, FileError
from connectivity.pages.cache import fingerprint
from connectivity.pages.source import Source
from connectivity.rendering import pictures
from connectivity.rendering.formats import numbered
from connectivity.rendering.inline import inline, prefix_of
from connectivity.rendering.pdfpages import joined

LINE = "6 conv:3"
MOVING = Figure.of(LINE).changed(animate="slide", period=0.5, dpi=60)
STEPS = 4


def images(data: bytes) -> list[Image.Image]:
    picture = Image.open(io.BytesIO(data))
    found = []
    for number in range(getattr(picture, "n_frames", 1)):
        picture.seek(number)
        found.append(picture.convert("RGB"))
    return found


class TestPictures:
    @pytest.mark.parametrize("format", ["gif", "apng", "webp"])
    def test_they_show_each_step_and_the_last_one_longer(self, format: str) -> None:
        data = MOVING.draw(format)
        frames = [Image.open(io.BytesIO(frame)).convert("RGB") for frame in MOVING.frames("png")]
        shown = images(data)
        assert len(shown) == STEPS
        for image, frame in zip(shown, frames, strict=True):
            assert image.size == frame.size
            worst = max(ImageChops.difference(image, frame).convert("L").histogram()[61 if format == "gif" else 1 :])
            assert worst == 0  # none of whose colours is far from its own

    @pytest.mark.parametrize(("format", "loops"), [("gif", (0, None)), ("apng", (0, 1)), ("webp", (0, 1))])
    def test_they_loop_or_end(self, format: str, loops: tuple[int, int | None]) -> None:
        for loop, expected in zip((True, False), loops, strict=True):
            picture = Image.open(io.BytesIO(MOVING.changed(loop=loop).draw(format)))
            assert picture.info.get("loop") == expected

    @pytest.mark.parametrize("format", ["gif", "apng", "webp"])
    def test_what_ends_ends_with_the_whole_figure(self, format: str) -> None:
        """As the SVG does."""
        ending = MOVING.changed(loop=False)
        picture, last = Image.open(io.BytesIO(ending.draw(format))), images(ending.draw(format))[-1]
        whole = Image.open(io.BytesIO(MOVING.changed(animate="none").draw("png"))).convert("RGB")
        assert getattr(picture, "n_frames", 1) == STEPS + 1
        worst = max(ImageChops.difference(last, whole).convert("L").histogram()[61 if format == "gif" else 1 :])
        assert worst == 0

    def test_a_gif_that_would_be_transparent_is_refused(self) -> None:
        """It would be black where nothing is drawn."""
        clear = MOVING.changed(transparent=True)
        with pytest.raises(
            DrawingError, match=r"a GIF has no pixels that are half transparent.*write \.webp or \.apng"
        ):
            clear.draw("gif")
        shown = Image.open(io.BytesIO(clear.draw("webp"))).convert("RGBA")
        assert shown.getpixel((1, 1))[3] == 0  # type: ignore[index]

    def test_the_last_step_of_a_gif_is_seen_longer(self) -> None:
        picture = Image.open(io.BytesIO(MOVING.draw("gif")))
        times = []
        for number in range(STEPS):
            picture.seek(number)
            times.append(picture.info["duration"])
        assert times == [500, 500, 500, 1000]

    @pytest.mark.parametrize("format", ["svg", "pdf", "gif", "apng", "webp"])
    def test_same_bytes_every_time(self, format: str) -> None:
        script = (
            "import sys; from connectivity import Figure; sys.stdout.buffer.write("
            f"Figure.of('{LINE}').changed(animate='slide', period=0.5, dpi=60).draw('{format}'))"
        )
        other = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT)
        assert other.stdout == MOVING.draw(format)

    def test_without_pillow_it_is_said_what_helps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "PIL", None)
        with pytest.raises(DrawingError, match=r"pip install 'layer-connectivity\[animation\]'"):
            MOVING.draw("gif")

    def test_pictures_that_are_too_large_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pictures, "PIXELS", 1000)
        with pytest.raises(DrawingError, match="pixels are too many for a picture"):
            MOVING.draw("webp")

    @pytest.mark.parametrize("format", ["gif", "apng", "webp"])
    def test_of_a_figure_that_does_not_move_there_is_none(self, format: str) -> None:
        with pytest.raises(DrawingError, match=rf"\.{format} is of figures that move"):
            Figure.of(LINE).draw(format)


class TestPages:
    @pytest.mark.poppler
    def test_a_pdf_has_a_page_for_each_step(self, tmp_path: Path) -> None:
        MOVING.save(tmp_path / "steps.pdf")
        told = subprocess.run(["pdfinfo", tmp_path / "steps.pdf"], capture_output=True, text=True, check=True)
        assert not told.stderr
        assert re.search(rf"^Pages:\s+{STEPS}$", told.stdout, re.MULTILINE)
        film, _ = MOVING.films
        assert film is not None
        assert f"{round(film.still.width, 2):g} x {round(film.still.height, 2):g} pts" in told.stdout

    @pytest.mark.poppler
    def test_each_page_is_the_frame(self, tmp_path: Path) -> None:
        MOVING.save(tmp_path / "steps.pdf")
        MOVING.save(tmp_path / "step-%d.pdf")
        for number in range(1, STEPS + 1):
            pixels = [
                subprocess.run(
                    ["pdftoppm", "-r", "50", "-f", str(page), "-l", str(page), tmp_path / name],
                    capture_output=True,
                    check=True,
                ).stdout
                for name, page in (("steps.pdf", number), (f"step-{number}.pdf", 1))
            ]
            assert pixels[0] == pixels[1]

    def test_what_pages_have_in_common_is_there_once(self) -> None:
        frames = MOVING.frames("pdf")
        assert len(joined(frames)) < 0.6 * sum(map(len, frames))
        assert len(joined([frames[0]] * 20)) < 2 * len(frames[0]) + 20 * 2500

    def test_its_version_is_that_of_its_pages(self) -> None:
        """Else LaTeX warns of a PDF that is newer than its own."""
        assert MOVING.draw("pdf")[:9] == MOVING.frames("pdf")[0][:9] == b"%PDF-1.5\n"

    def test_what_is_no_pdf_of_cairo_is_no_page(self) -> None:
        with pytest.raises(ValueError, match="without a table"):
            joined([b"%PDF-1.7\nstartxref\n5\n%%EOF\n"])


class TestFrames:
    def test_a_file_for_each_step(self, run: Run, tmp_path: Path) -> None:
        done = run("draw", *LINE.split(), "--animate", "slide", "-o", "step-%02d.svg", "-o", "step-%02d.tex")
        names = [f"step-{number:02}.{kind}" for kind in ("svg", "tex") for number in range(1, STEPS + 1)]
        assert done.stderr.decode().splitlines() == [f"wrote {name}" for name in names]
        frames = Figure.of(LINE).changed(animate="slide").frames("svg")
        assert [(tmp_path / name).read_bytes() for name in names[:STEPS]] == frames

    def test_all_are_written_or_none(self, tmp_path: Path) -> None:
        (tmp_path / "step-3.svg").mkdir()
        with pytest.raises(FileError, match="it is a folder"):
            MOVING.save(tmp_path / "step-%d.svg")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["step-3.svg"]

    @pytest.mark.parametrize("format", ["svg", "png", "pdf", "tex", "typ", "dot"])
    def test_in_every_format_of_pictures_that_do_not_move(self, format: str) -> None:
        frames = MOVING.frames(format)
        assert len(set(frames)) == STEPS

    def test_what_the_library_saves_is_what_the_program_writes(self, run: Run, tmp_path: Path) -> None:
        run("draw", *LINE.split(), "--animate", "slide", "-o", "a.svg", "-o", "a.pdf")
        connectivity.save(LINE, tmp_path / "b.svg", animate="slide")
        connectivity.save(LINE, tmp_path / "b.pdf", animate="slide")
        for kind in ("svg", "pdf"):
            assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()

    def test_rules_for_make_name_every_file(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "net.toml").write_text(f'network = "{LINE}"\nanimate = "slide"\n')
        run("draw", "net.toml", "-o", "step-%d.svg", "--deps", "net.d")
        rules = (tmp_path / "net.d").read_text()
        assert all(f"step-{number}.svg" in rules for number in range(1, STEPS + 1))

    def test_names(self) -> None:
        assert numbered("a-%3d.svg", 1) == ["a-  1.svg"]
        assert numbered("50%-%d.svg", 2) == ["50%-1.svg", "50%-2.svg"]


class TestOnPages:
    def test_motions_of_two_figures_are_apart(self) -> None:
        svg = MOVING.draw()
        one, other = (inline(svg, prefix_of(svg, number)) for number in (1, 2))
        names = [set(re.findall(r"@keyframes (\S+?)\{", text)) for text in (one, other)]
        assert names[0]
        assert names[0].isdisjoint(names[1])
        for text, own in zip((one, other), names, strict=True):
            assert set(re.findall(r"--\w:(\S+?)[ ;}]", text)) == own
            assert "svg.connectivity" not in text

    def test_nothing_of_another_figure_has_a_style(self) -> None:
        assert "<style" not in inline(MOVING.changed(animate="none").draw(), "a-")
        assert inline(MOVING.draw(), "a-").count("<style") == 1

    def test_a_page_that_is_dark_by_its_own_theme_has_dark_colours(self) -> None:
        text = inline(MOVING.changed(theme="auto").draw(), "a-")
        assert '[data-theme="dark"]' in text
        assert 'body[data-theme="auto"] #a-figure{--m1' in text

    def test_on_paper_nothing_moves(self) -> None:
        source = Source(f'network = "{LINE}"\nanimate = "slide"\n')
        assert source.figure().moves
        assert not source.on_paper().moves

    def test_drawings_are_known_by_their_steps(self) -> None:
        prints = {
            fingerprint(figure, "svg") for figure in (MOVING, MOVING.changed(period=2), MOVING.changed(loop=False))
        }
        prints |= {fingerprint(MOVING.changed(animate=motion), "svg") for motion in ("none", "forward", "grow")}
        assert len(prints) == 6


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    started = launched()
    started.new_page()
    yield started
    started.close()


SEE = """time => {
    document.getAnimations().forEach(one => { one.pause(); one.currentTime = 1000 * time });
    const seen = [...document.querySelectorAll(".edge")].filter(one => getComputedStyle(one).opacity !== "0");
    return seen.map(one => getComputedStyle(one.querySelector("path")).stroke);
}"""


def rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[place : place + 2], 16) for place in (1, 3, 5)))


@pytest.mark.browser
class TestInBrowser:
    @pytest.fixture
    def page(self, browser: Any, tmp_path: Path) -> Iterator[Any]:
        (tmp_path / "moving.svg").write_bytes(MOVING.changed(theme="auto").draw())
        page = browser.new_page()
        page.goto((tmp_path / "moving.svg").as_uri())
        yield page
        page.close()

    def test_it_shows_what_the_rules_say(self, page: Any) -> None:
        moving = Motion(MOVING.draw())
        for number in range(STEPS):
            time = 0.5 * number + 0.2
            expected = [rgb(line.colour) for line in moving.at(time).lines]
            assert page.evaluate(SEE, time) == expected
            assert sum(colour != rgb(LIGHT.faint) for colour in expected) == 3

    def test_heads_of_lines_that_are_pale_at_a_step_reach_their_unit(self, page: Any, tmp_path: Path) -> None:
        """They stand back by as much as the outline of what is emphasised takes."""
        text = 'network = "5 conv:3"\nhighlight = "y.2"\nperiod = 0.5\n[[step]]\nhighlight = "y.1"\n[[step]]\n'
        (tmp_path / "steps.svg").write_bytes(Figure.parse(text).draw())
        page.goto((tmp_path / "steps.svg").as_uri())
        page.evaluate(SEE, 0.2)
        widths = """chosen => [...document.querySelectorAll(`.edge.to2 ${chosen}`)].map(
            one => parseFloat(getComputedStyle(one).strokeWidth))"""
        lines, heads = (page.evaluate(widths, chosen) for chosen in ("path", "polygon"))
        assert min(lines) < 1.0
        assert heads == [max(heads)] * len(heads)
        assert max(heads) > 2.0

    def test_with_reduced_motion_it_is_the_whole_figure(self, page: Any, tmp_path: Path) -> None:
        page.emulate_media(reduced_motion="reduce")
        assert page.evaluate("document.getAnimations().length") == 0
        moving, still = page.screenshot(), tmp_path / "still.svg"
        still.write_bytes(MOVING.changed(theme="auto", animate="none").draw())
        page.goto(still.as_uri())
        assert moving == page.screenshot()

    def test_pointing_at_it_stops_it(self, page: Any) -> None:
        states = "[...new Set(document.getAnimations().map(one => one.playState))]"
        assert page.evaluate(states) == ["running"]
        page.mouse.move(30, 30)
        assert page.evaluate(states) == ["paused"]

    def test_the_keyboard_in_it_stops_it(self, page: Any) -> None:
        states = "[...new Set(document.getAnimations().map(one => one.playState))]"
        page.evaluate("document.documentElement.tabIndex = 0; document.documentElement.focus()")
        assert page.evaluate(states) == ["paused"]
        page.evaluate("document.activeElement.blur()")
        assert page.evaluate(states) == ["running"]

    def test_it_moves_in_an_image(self, browser: Any, page: Any, tmp_path: Path) -> None:
        (tmp_path / "page.html").write_text('<img src="moving.svg">')
        page.goto((tmp_path / "page.html").as_uri())
        shots = set()
        for _ in range(12):
            shots.add(page.screenshot())
            page.wait_for_timeout(200)
        assert len(shots) >= 2

    def test_in_a_page_of_html_each_figure_moves_by_itself(self, page: Any, tmp_path: Path) -> None:
        one, other = MOVING.draw(), Figure.of("8 conv:3").changed(animate="slide", period=2).draw()
        text = "".join(inline(svg, prefix_of(svg, 1)) for svg in (one, other))
        (tmp_path / "page.html").write_text(f"<!doctype html><body>{text}</body>")
        page.goto((tmp_path / "page.html").as_uri())
        lasts = page.evaluate(
            "[...new Set(document.getAnimations().map(one => one.effect.getTiming().duration))].sort()"
        )
        assert lasts == [14000, 2500]

    def test_dark_pages_have_dark_colours(self, page: Any) -> None:
        page.emulate_media(color_scheme="dark")
        dark = Motion(MOVING.changed(theme="dark").draw())
        expected = [rgb(line.colour) for line in dark.at(0.7).lines]
        assert page.evaluate(SEE, 0.7) == expected
