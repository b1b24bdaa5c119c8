"""Many figures at once: what is stale, in parallel, none in the way of another."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import HEEDING, Run

import connectivity
from connectivity.builds.jobs import STATE, Job, Records, outputs_of, run_all
from connectivity.builds.jobs import run as run_job
from connectivity.builds.watch import changes
from connectivity.builds.workers import Workers
from connectivity.files import CACHE
from connectivity.reads import digest_of

COMMAND = str(Path(sys.executable).with_name("connectivity"))


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    """Three figures: one alone, one of a mask, one that extends a house style."""
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "a.toml").write_text('network = "6 conv:3"\n')
    (folder / "b.toml").write_text('network = "3 sparse,mask=mask.csv"\n')
    (folder / "mask.csv").write_text("1,0,1\n0,1,1\n")
    (folder / "c.toml").write_text('extends = "house.toml"\nnetwork = "4 fc:2"\n')
    (folder / "house.toml").write_text('theme = "dark"\n')
    return folder


FILES = ("figures/a.toml", "figures/b.toml", "figures/c.toml")


def wrote(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    assert done.stdout == b""
    return sorted(line.removeprefix("wrote ") for line in done.stderr.decode().splitlines())


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize("jobs", ["1", "2", "8"])
def test_pictures_are_those_that_draw_makes(run: Run, tmp_path: Path, jobs: str) -> None:
    done = run("build", *FILES, "--out-dir", "out/deep", "-f", "svg,pdf", "-j", jobs)
    assert done.returncode == 0, done.stderr
    expected = [f"out/deep/{stem}.{format}" for stem in "abc" for format in ("pdf", "svg")]
    assert wrote(done) == expected
    for name in FILES:
        figure = connectivity.Figure.read(tmp_path / name)
        for format in ("svg", "pdf"):
            assert (tmp_path / "out/deep" / f"{Path(name).stem}.{format}").read_bytes() == figure.draw(format)


def test_only_what_is_stale_is_drawn(run: Run, tmp_path: Path, figures: Path) -> None:
    assert len(wrote(run("build", *FILES))) == 3
    assert wrote(run("build", *FILES)) == []
    (figures / "mask.csv").write_text("1,1,1\n0,1,1\n")
    assert wrote(run("build", *FILES)) == ["figures/b.svg"]
    (figures / "house.toml").write_text('theme = "print"\n')
    assert wrote(run("build", *FILES)) == ["figures/c.svg"]
    (figures / "a.svg").unlink()
    assert wrote(run("build", *FILES)) == ["figures/a.svg"]
    os.utime(figures / "a.toml")
    assert wrote(run("build", *FILES)) == []  # touched, but the same
    assert wrote(run("build", *FILES, "--theme", "dark")) == sorted(f.replace("toml", "svg") for f in FILES)
    assert len(wrote(run("build", *FILES, "--force"))) == 3
    assert run("build", *FILES, "--force", "-q").stderr == b""


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize(
    "state", [b"", b"{", b"[1]", b'{"a.svg": 3}', b"\xff\x00", b'{"a.svg": {"made": 1, "inputs": [1]}}']
)
def test_a_state_that_is_none_is_no_state(run: Run, tmp_path: Path, state: bytes) -> None:
    run("build", *FILES)
    (tmp_path / "figures" / STATE).write_bytes(state)
    assert len(wrote(run("build", *FILES))) == 3
    assert wrote(run("build", *FILES)) == []


def test_check_writes_nothing_and_names_what_is_stale(run: Run, tmp_path: Path, figures: Path) -> None:
    before = sorted(figures.iterdir())
    done = run("build", *FILES, "--check")
    assert (done.returncode, done.stdout.decode().split()) == (1, [f.replace("toml", "svg") for f in FILES])
    assert sorted(figures.iterdir()) == before
    run("build", *FILES)
    done = run("build", *FILES, "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    (figures / "mask.csv").unlink()
    assert run("build", *FILES, "--check").stdout.decode().split() == ["figures/b.svg"]
    done = run("build", "none.toml", "--check")
    assert (done.returncode, b"no such file" in done.stderr) == (2, True)


def test_one_that_fails_does_not_stop_the_others(run: Run, tmp_path: Path, figures: Path) -> None:
    run("build", "figures/a.toml")
    good = (figures / "a.svg").read_bytes()
    (figures / "a.toml").write_text('network = "6 cov:3"\n')
    done = run("build", *FILES, "none.toml", "-j2")
    assert done.returncode == 2
    message = done.stderr.decode()
    assert 'figures/a.toml:1:14: unknown layer "cov" (did you mean "conv"?)' in message
    assert 'cannot read "none.toml": No such file or directory' in message
    assert "Traceback" not in message
    assert (figures / "a.svg").read_bytes() == good  # the last good picture stays
    assert (figures / "b.svg").exists()
    assert (figures / "c.svg").exists()
    done = run("build", *FILES)
    assert done.returncode == 2  # it is still wrong


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "which figure files?"),
        (["-"], "reads from standard input"),
        (["figures/a.toml", "-f", "svg,bmp"], 'unknown format "bmp"'),
        (["figures/a.toml", "other/a.toml", "--out-dir", "out"], "would both write out/a.svg"),
        (["figures/a.toml", "--check", "--force"], "--check writes nothing"),
        (["figures/a.toml", "-j", "0"], "--jobs must be 1 or more, not 0"),
        (["figures/a.toml", "--out-dir", "figures/b.toml"], "cannot make the folder figures/b.toml"),
        (["figures"], 'cannot read "figures": it is a folder'),
    ],
)
@pytest.mark.usefixtures("figures")
def test_mistakes(run: Run, arguments: list[str], words: str) -> None:
    done = run("build", *arguments)
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.usefixtures("figures")
def test_a_file_named_twice_is_drawn_once(run: Run) -> None:
    assert wrote(run("build", "figures/a.toml", "./figures/../figures/a.toml")) == ["figures/a.svg"]


def crash(job: int) -> int:
    """What a worker does: the third of its jobs kills it."""
    if job == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return job * job


def test_a_crash_of_one_worker_harms_no_other() -> None:
    with Workers(crash, 2) as pool:
        found = dict(pool.each(list(range(8))))
    assert found.pop(3) == "was killed (signal 9); memory may be short: draw fewer units (max-units)"
    assert found == {n: n * n for n in range(8) if n != 3}


def test_a_crash_is_reported_as_the_figure_that_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abcd":
        (tmp_path / f"{name}.toml").write_text(f'title = "{name}"\nnetwork = "3 fc:2"\n')
    jobs = [Job(str(path), outputs_of(str(path), ["dot"], None)) for path in sorted(tmp_path.glob("*.toml"))]
    draw = connectivity.Figure.draw

    def dying(self: connectivity.Figure, format: str, engine: str) -> bytes:
        if self.options["title"] == "b":
            os._exit(7)
        return draw(self, format, engine)

    monkeypatch.setattr(connectivity.Figure, "draw", dying)  # which forked workers have, too
    results = {Path(result.job.source).stem: result.error for result in run_all(jobs, 2)}
    assert results.pop("b") == f"{tmp_path}/b.toml: the process that drew it ended (exit code 7)"
    assert results == {"a": "", "c": "", "d": ""}
    assert sorted(path.name for path in tmp_path.glob("*.dot")) == ["a.dot", "c.dot", "d.dot"]


def test_an_input_that_changes_while_its_picture_is_drawn_counts_as_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.toml"
    path.write_text('network = "3 fc:2"\n')
    job = Job(str(path), outputs_of(str(path), ["svg"], None))
    records = Records()
    assert not records.is_fresh(job)
    own = connectivity.Figure.draw

    def slow(figure: connectivity.Figure, *arguments: str) -> bytes:
        path.write_text('network = "4 fc:2"\n')  # as long as before
        return own(figure, *arguments)

    monkeypatch.setattr(connectivity.Figure, "draw", slow)
    records.note(run_job(job))
    records.forget_all()
    assert not records.is_fresh(job)
    monkeypatch.undo()
    records.note(run_job(job))
    records.forget_all()
    assert records.is_fresh(job)


@pytest.mark.usefixtures("figures")
def test_a_folder_behind_a_link(run: Run, tmp_path: Path) -> None:
    (tmp_path / "deep" / "er" / "real").mkdir(parents=True)
    (tmp_path / "out").symlink_to("deep/er/real")
    assert wrote(run("build", *FILES, "--out-dir", "out")) == ["out/a.svg", "out/b.svg", "out/c.svg"]
    assert run("build", *FILES, "--out-dir", "out", "--check").returncode == 0
    run("build", *FILES, "--out-dir", "out", "--deps", "d")
    assert "out/b.svg: figures/b.toml figures/mask.csv\n" in (tmp_path / "d").read_text()


def test_what_a_failed_figure_read_is_among_its_dependencies(run: Run, tmp_path: Path, figures: Path) -> None:
    (figures / "mask.csv").write_text("1,x\n")
    assert run("build", *FILES, "--deps", "d").returncode == 2
    assert "figures/b.svg: figures/b.toml figures/mask.csv\n" in (tmp_path / "d").read_text()


def test_a_worker_that_dies_between_two_jobs_is_replaced() -> None:
    with Workers(lambda job: job, 1) as pool:
        results = iter(pool.each([1, 2, 3]))
        assert next(results) == (1, 1)
        assert list(results) == [(2, 2), (3, 3)]
        worker = pool._workers[0]
        worker._process.kill()
        worker._process.join()
        assert list(pool.each([4, 5])) == [(4, 4), (5, 5)]


@pytest.mark.usefixtures("figures")
def test_interrupted(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number}.toml").write_text('network = "150 fc:150"\nmax-units = 0\n')
    process = subprocess.Popen(
        [*HEEDING, COMMAND, "build", *(f"{n}.toml" for n in range(40)), "-j2"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stderr is not None
    process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, message = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in message
    time.sleep(0.2)
    left = [
        path.name
        for path in tmp_path.iterdir()
        if path.name.startswith(".connectivity-") and path.name not in (STATE, CACHE)
    ]
    assert left == []
    for path in tmp_path.glob("*.svg"):
        assert path.read_bytes().endswith(b"</svg>\n")


@pytest.mark.usefixtures("figures")
def test_a_terminal_gets_a_bar(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    (tmp_path / "bad.toml").write_text("network = 3\n")
    process = subprocess.Popen([COMMAND, "build", *FILES, "bad.toml"], cwd=tmp_path, stderr=theirs)
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(ours)
    assert process.wait() == 2
    assert b"drawing" in seen
    assert b"100%" in seen
    assert b"wrote" not in seen
    assert b"bad.toml:1:11: network must be a text" in seen


def lines(process: subprocess.Popen[bytes]) -> Iterator[str]:
    assert process.stderr is not None
    for line in process.stderr:
        yield line.decode().rstrip()


@pytest.mark.graphviz
def test_watch(tmp_path: Path, figures: Path) -> None:
    """Drawn at each save; a bad file keeps the last good picture; a file that is missing is waited for."""
    process = subprocess.Popen(
        [*HEEDING, COMMAND, "build", *FILES, "late.toml", "--watch", "-j1"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    timer = threading.Timer(60, process.kill)
    timer.start()
    said = lines(process)

    def until(words: str) -> None:
        for line in said:
            if words in line:
                return
        raise AssertionError(words)

    try:
        until("watching 4 figures")
        time.sleep(0.3)
        good = (figures / "b.svg").read_bytes()
        (figures / "mask.csv").write_text("1,0,1\n0,x,1\n")
        until('"x" is neither 0 nor 1')
        assert (figures / "b.svg").read_bytes() == good
        (figures / "mask.csv").write_text("1,1,1\n0,0,1\n")
        until("wrote figures/b.svg")
        assert (figures / "b.svg").read_bytes() != good
        new = figures / "a.toml.new"  # as editors save
        new.write_text('network = "7 conv:3"\n')
        new.replace(figures / "a.toml")
        until("wrote figures/a.svg")
        (tmp_path / "late.toml").write_text('network = "2"\n')
        until("wrote late.svg")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert "Traceback" not in "\n".join(said)
    finally:
        timer.cancel()
        process.kill()
        process.communicate()


def test_the_state_is_the_same_everywhere(run: Run, tmp_path: Path, figures: Path) -> None:
    run("build", *FILES)
    state = json.loads((figures / STATE).read_text())
    assert {name: sorted(entry["inputs"]) for name, entry in state.items()} == {
        "a.svg": ["a.toml"],
        "b.svg": ["b.toml", "mask.csv"],
        "c.svg": ["c.toml", "house.toml"],
    }
    moved = tmp_path / "moved"
    figures.rename(moved)
    assert wrote(run("build", "moved/a.toml", "moved/b.toml", "moved/c.toml")) == []


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_pictures_that_are_kept_with_their_record_are_fresh_in_every_checkout(
    run: Run, tmp_path: Path, figures: Path
) -> None:
    run("build", *FILES)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "figures")
    assert CACHE not in git(tmp_path, "ls-files")
    git(tmp_path, "clone", "-q", ".", "elsewhere")
    elsewhere = tmp_path / "elsewhere"
    for path in figures.iterdir():
        if path.is_file() and (elsewhere / "figures" / path.name).exists():
            os.utime(elsewhere / "figures" / path.name, (1, 1))
    done = run("build", *FILES, "--check", cwd=elsewhere)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not (elsewhere / "figures" / CACHE).exists()  # --check writes nothing
    assert wrote(run("build", *FILES, cwd=elsewhere)) == []
    run("build", *FILES, "--force", cwd=elsewhere)
    assert git(elsewhere, "status", "--porcelain") == ""


def test_the_record_changes_with_what_files_hold_alone(run: Run, tmp_path: Path, figures: Path) -> None:
    run("build", *FILES)
    before = (figures / STATE).read_bytes()
    os.utime(figures / "mask.csv", (1, 1))
    run("build", *FILES, "--force")
    assert (figures / STATE).read_bytes() == before
    (figures / "mask.csv").write_text("1,1,1\n0,1,1\n")
    run("build", *FILES)
    assert (figures / STATE).read_bytes() != before


def test_a_file_is_read_again_only_where_it_was_touched(
    run: Run, tmp_path: Path, figures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("build", *FILES)
    monkeypatch.chdir(tmp_path)
    read: list[str] = []

    def reads(path: str) -> str:
        read.append(Path(path).name)
        return digest_of(path)

    monkeypatch.setattr("connectivity.builds.digests.digest_of", reads)
    jobs = [Job(name, outputs_of(name, ["svg"], None)) for name in FILES]
    assert all(map(Records().is_fresh, jobs))
    assert read == []
    os.utime(figures / "mask.csv", (1, 1))
    assert all(map(Records().is_fresh, jobs))
    assert read == ["mask.csv"]


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"%s": [1, 2]}', b"\xff"])
def test_a_memory_that_is_none_is_no_memory(run: Run, tmp_path: Path, figures: Path, damage: bytes) -> None:
    run("build", *FILES)
    place = figures / CACHE / "digests.json"
    place.write_bytes(damage.replace(b"%s", str(figures / "a.toml").encode()))
    assert run("build", *FILES, "--check").returncode == 0


def test_a_picture_that_was_changed_is_stale(run: Run, tmp_path: Path, figures: Path) -> None:
    run("build", *FILES)
    assert run("build", *FILES, "--check").returncode == 0
    (figures / "a.svg").write_bytes(b"")
    assert run("build", *FILES, "--check").stdout == b"figures/a.svg\n"
    assert wrote(run("build", *FILES)) == ["figures/a.svg"]
    os.utime(figures / "a.svg")
    assert wrote(run("build", *FILES)) == []  # touched, but the same


@pytest.mark.usefixtures("figures")
def test_a_folder_that_cannot_be_made_is_that_figure_s_failure(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "file.toml").write_text('network = "3"\n')
    done = run("build", "figures/a.toml", "nosuch/b.toml", "-d", "out")
    assert done.returncode == 2
    assert b"cannot read" in done.stderr
    assert b"wrote out/a.svg" in done.stderr
    assert run("build", "nosuch/b.toml", "-d", "new").returncode == 2
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "nosuch").exists()
    done = run("build", "figures/a.toml", "-d", "file/deep")
    assert done.returncode == 2
    assert b"cannot make the folder file/deep" in done.stderr


def test_records_are_merged(tmp_path: Path, figures: Path) -> None:
    jobs = [Job(str(figures / f"{n}.toml"), outputs_of(str(figures / f"{n}.toml"), ["svg"], None)) for n in "ab"]
    ones, others = Records(), Records()
    assert not ones.is_fresh(jobs[0])
    assert not others.is_fresh(jobs[1])
    for records, job in ((ones, jobs[0]), (others, jobs[1])):
        records.note(run_job(job))
        records.save()
    assert Records().is_fresh(jobs[0])
    assert Records().is_fresh(jobs[1])


@pytest.mark.parametrize("name", ["b.toml", "b.svg", "", "-", "figures/a.toml"])
def test_dependencies_do_not_write_over_anything(run: Run, figures: Path, name: str) -> None:
    done = run("draw", "figures/a.toml", "-o", "b.svg", "--deps", name)
    assert done.returncode == 2
    assert b"--deps would write over" in done.stderr
    assert (figures / "a.toml").read_text() == 'network = "6 conv:3"\n'
    assert not (figures.parent / "b.svg").exists()  # nothing was written
    done = run("build", "figures/a.toml", "--out-dir", ".", "--deps", name if name != "b.svg" else "a.svg")
    assert done.returncode == 2
    assert not (figures.parent / "a.svg").exists()


@pytest.mark.usefixtures("figures")
def test_pictures_and_their_dependencies_are_written_together_or_not_at_all(run: Run, tmp_path: Path) -> None:
    done = run("draw", "figures/a.toml", "-o", "b.svg", "--deps", "nowhere/d")
    assert done.returncode == 2
    assert b"cannot write nowhere/d" in done.stderr
    assert not (tmp_path / "b.svg").exists()


def test_watching_waits_until_a_file_is_left_alone(tmp_path: Path) -> None:
    """Of many saves one after the other few drawings come, at best one, and one of the last."""
    path, stop = tmp_path / "a.toml", threading.Event()
    path.write_text("0")
    watched = changes(lambda: [str(path)], stop)
    assert next(watched) == set()

    def save() -> None:
        for number in range(20):
            path.write_text(str(number))
            time.sleep(0.03)
        time.sleep(1.5)
        stop.set()

    threading.Thread(target=save).start()
    seen = [path.read_text() for changed in watched if changed]
    assert 1 <= len(seen) <= 5
    assert seen[-1] == "19"


def test_what_failed_and_is_put_back_is_as_it_was(run: Run, tmp_path: Path, figures: Path) -> None:
    source = next(iter(sorted(figures.glob("*.toml"))))
    name, good = str(source), source.read_text()
    assert run("build", name, "--out-dir", "out").returncode == 0
    record = (tmp_path / "out" / ".connectivity-build.json").read_bytes()
    source.write_text('network = "6 cov:3"\n')
    assert run("build", name, "--out-dir", "out").returncode == 2
    assert (tmp_path / "out" / ".connectivity-build.json").read_bytes() == record
    source.write_text(good)
    assert run("build", name, "--out-dir", "out", "--check").returncode == 0


def test_check_says_what_is_wrong_with_a_figure_and_how_many_are_stale(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('network = "6 conv:3"\n')
    done = run("build", "a.toml", "--check")
    assert (done.returncode, done.stdout) == (1, b"a.svg\n")
    assert done.stderr == b"connectivity: 1 picture is stale; build draws it\n"
    (tmp_path / "b.toml").write_text('network = "6 cov:3"\n')
    done = run("build", "a.toml", "b.toml", "--check")
    assert (done.returncode, done.stdout) == (2, b"a.svg\nb.svg\n")
    assert done.stderr.startswith(b'b.toml:1:14: unknown layer "cov"')
