"""What a machine can lack: room, memory, files, a home, an engine that works. One message each, and nothing is left."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from conftest import Run, lack

import connectivity
from connectivity import EngineError, FileError
from connectivity.builds.jobs import STATE, Job, Records, outputs_of, run_all
from connectivity.builds.jobs import run as run_job
from connectivity.files import write, write_all
from connectivity.rendering import engines
from connectivity.rendering.engines import apart, embedded, programs

COMMAND = str(Path(sys.executable).with_name("connectivity"))
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@functools.cache
def can_mount() -> bool:
    """Whether file systems can be mounted where nobody else sees them."""
    if not shutil.which("unshare"):
        return False
    done = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
    return done.returncode == 0


def within_mounts(script: str, folder: Path, mode: str = "-rm") -> str:
    """What a shell script says, with $connectivity, that may mount whatever it wants; with -m devices as well, of root."""
    if not can_mount():
        lack("mounts of one's own (unshare -rm)")
    done = subprocess.run(
        ["unshare", mode, "bash", "-euc", script],
        cwd=folder,
        env={**os.environ, "connectivity": COMMAND},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stdout
    return done.stdout


class TestDisks:
    def test_a_full_disk_keeps_what_was_there(self, tmp_path: Path) -> None:
        script = """
            mkdir full; mount -t tmpfs -o size=64k none full; echo old >full/a.svg
            head -c 100000 /dev/zero >full/filled 2>&- || true
            $connectivity draw 6 conv:3 -o here.svg -o full/a.svg || echo "code $?"
            echo 'network = "6 conv:3"' >b.toml
            $connectivity build b.toml -d full -f svg,dot || echo "code $?"
            cat full/a.svg; ls -A full . | grep -v toml
        """
        assert within_mounts(script, tmp_path).splitlines() == [
            "connectivity: cannot write full/a.svg: No space left on device; name another file or folder",
            "code 2",
            "cannot write full/b.svg: No space left on device; name another file or folder",
            "code 2",
            "old",
            *(".:", "full", "", "full:", "a.svg", "filled"),
        ]

    @linux
    def test_a_quota_that_is_used_up_keeps_what_was_there(self, tmp_path: Path) -> None:
        """A real one, of btrfs, which needs nothing of the kernel but itself."""
        if os.geteuid() != 0:
            pytest.skip("needs root, to mount an image")
        if not shutil.which("mkfs.btrfs"):
            lack("btrfs (apt-get install btrfs-progs)")
        script = """
            truncate -s 128M image; mkfs.btrfs -q image >&- 2>&-; mkdir disk
            mount -o loop image disk || { echo no loop; exit; }
            btrfs quota enable disk; btrfs subvolume create disk/ours >&-; btrfs qgroup limit 1M disk/ours
            cd disk/ours; echo old >a.svg; echo 'network = "80 fc:80"' >b.toml; : >out; sync
            head -c 4000000 /dev/zero >filled 2>&- || true
            $connectivity draw 80 fc:80 -o ../../here.svg -o a.svg || echo "code $?"
            $connectivity draw 80 fc:80 -f svg >>out || echo "code $?"
            $connectivity export 80 fc:80 -o net.json || echo "code $?"
            $connectivity build b.toml -f svg,png || echo "code $?"
            cat a.svg; ls -A . ../..; cd ../..; umount disk
        """
        said = within_mounts(script, tmp_path, "-m").splitlines()
        if said[-1:] == ["no loop"]:
            pytest.skip(f"this kernel mounts no image of btrfs: {said[0]}")  # which nothing that is installed changes
        reason = "Disk quota exceeded; name another file or folder"
        assert said == [
            *(f"connectivity: cannot write a.svg: {reason}", "code 2"),
            *("connectivity: cannot write to standard output: Disk quota exceeded", "code 2"),
            *(f"connectivity: cannot write net.json: {reason}", "code 2"),
            *(f"cannot write b.svg: {reason}", "code 2"),
            *("old", ".:", "a.svg", "b.toml", "filled", "out", "", "../..:", "disk", "image"),
        ]

    def test_what_cannot_be_written_to_is_named_not_the_temporary_file(self, tmp_path: Path) -> None:
        script = """
            mkdir fixed; mount -t tmpfs none fixed; echo old >fixed/a.svg; mount -o remount,ro fixed
            for name in a b; do $connectivity draw 6 conv:3 -o here.svg -o fixed/$name.svg || echo "code $?"; done
            cat fixed/a.svg; ls -A fixed .
        """
        reason = "Read-only file system; name another file or folder"
        assert within_mounts(script, tmp_path).splitlines() == [
            *(f"connectivity: cannot write fixed/a.svg: {reason}", "code 2"),
            *(f"connectivity: cannot write fixed/b.svg: {reason}", "code 2"),
            *("old", ".:", "fixed", "", "fixed:", "a.svg"),
        ]

    @pytest.mark.graphviz
    def test_a_record_that_cannot_be_written_costs_no_dependencies(self, tmp_path: Path) -> None:
        script = """
            mkdir fixed; mount -t tmpfs none fixed; echo 'network = "6 conv:3"' >fixed/a.toml
            $connectivity build fixed/a.toml -q; touch -d 2001-01-01 fixed/a.toml; mount -o remount,ro fixed
            $connectivity build fixed/a.toml --deps d; echo "code $?"; cat d
            $connectivity build fixed/a.toml --force --deps d || echo "code $?"; cat d
        """
        assert within_mounts(script, tmp_path).splitlines() == [
            *("code 0", "fixed/a.svg: fixed/a.toml"),
            "cannot write fixed/a.svg: Read-only file system; name another file or folder",
            *("code 2", "fixed/a.svg: fixed/a.toml"),
        ]

    @pytest.mark.parametrize("number", [errno.EDQUOT, errno.ENOSPC, errno.EFBIG, errno.EIO])
    def test_every_reason_is_told_with_the_file(
        self, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(descriptor: int, data: bytes) -> int:
            raise OSError(number, os.strerror(number))

        (tmp_path / "a").write_text("old")
        monkeypatch.setattr("connectivity.files.os.write", fails)
        with pytest.raises(FileError, match=f"cannot write {tmp_path}/b: {os.strerror(number)}; name another"):
            write_all([(tmp_path / "b", b"1"), (tmp_path / "a", b"2")])
        assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]

    def test_a_device_that_is_full_leaves_the_files_as_they_were(self, tmp_path: Path) -> None:
        (tmp_path / "full").symlink_to("/dev/full")
        with pytest.raises(FileError, match="full: No space left on device"):
            write_all([(tmp_path / "a", b"1"), (tmp_path / "full", b"2")])
        assert [path.name for path in tmp_path.iterdir()] == ["full"]

    def test_what_becomes_of_links_modes_and_read_only_files(self, tmp_path: Path) -> None:
        """As the manual has it."""
        one, other, link = tmp_path / "one", tmp_path / "other", tmp_path / "link"
        one.write_text("old")
        other.hardlink_to(one)
        link.symlink_to("one")
        one.chmod(0o440)
        write(link, b"new")
        assert (one.read_text(), other.read_text()) == ("new", "old")
        assert (stat.S_IMODE(one.stat().st_mode), one.stat().st_uid) == (0o440, os.geteuid())
        assert link.is_symlink()


class TestPipes:
    @linux
    def test_a_link_to_standard_output_is_standard_output(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "a.dot").symlink_to("/dev/stdout")
        done = run("draw", "6", "conv:3", "-o", "a.dot")
        assert (done.returncode, done.stdout) == (0, connectivity.draw("6 conv:3", "dot"))
        with (tmp_path / "out").open("wb") as out:
            run("draw", "6", "conv:3", "-o", "a.dot", capture_output=False, stdout=out)
        assert (tmp_path / "out").read_bytes() == done.stdout
        with (tmp_path / "out").open("w+b") as gone:  # whose name leads nowhere any more
            (tmp_path / "out").unlink()
            run("draw", "6", "conv:3", "-o", "a.dot", capture_output=False, stdout=gone)
            assert gone.read() == done.stdout
        assert [path.name for path in tmp_path.iterdir() if path.is_symlink()] == ["a.dot"]
        assert len(list(tmp_path.iterdir())) == 1

    def test_output_that_was_cut_is_no_success(self, tmp_path: Path) -> None:
        """As of ``cat``, whose exit code is the same."""
        script = f"{COMMAND} draw 75 fc:75 --max-units 0 -f dot | head -c 10 >out; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, check=False)
        assert (done.stdout, done.stderr) == (b"141\n", b"")
        assert (tmp_path / "out").read_bytes() == b"digraph {\n"

    def test_nothing_waits_for_a_pipe_that_nobody_writes_to(self, tmp_path: Path) -> None:
        program = """
import os
from connectivity import Figure, load, load_weights, read_model
from connectivity.weightfiles.inputs import load_input

for work, name in (
    *((load_weights, f"a.{end}") for end in ("npz", "safetensors", "pt", "keras", "h5")),
    *((load_input, f"a.{end}") for end in ("csv", "npy")),
    *((read_model, f"a.{end}") for end in ("onnx", "keras")),
    (load, "a.json"),
    (Figure.read, "a.toml"),
    (lambda path: Figure.of(f"3 sparse,mask={path}"), "a.csv"),
    (lambda path: Figure.of("3").changed(font=path).draw("png"), "a.ttf"),
    (lambda path: Figure.parse(f'extends = "{path}"'.encode(), "b.toml"), "a.toml"),
):
    if not os.path.exists(name):
        os.mkfifo(name)
    try:
        work(name)
    except Exception as error:
        print(str(error).splitlines()[0].partition("cannot read ")[2])
"""
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=30)
        said = done.stdout.splitlines()
        assert len(said) == 14
        assert [line for line in said if "it is a pipe or a device; copy what comes out of it" not in line] == []

    @pytest.mark.parametrize("place", [STATE, ".connectivity-cache/digests.json"])
    def test_a_record_that_is_a_pipe_is_no_record(self, run: Run, tmp_path: Path, place: str) -> None:
        (tmp_path / "a.toml").write_text('network = "6 conv:3"\n')
        (tmp_path / place).parent.mkdir(exist_ok=True)
        os.mkfifo(tmp_path / place)
        for _ in range(2):
            done = run("build", "a.toml", "-f", "dot", timeout=30)
            assert (done.returncode, done.stderr) == (0, b"wrote a.dot\n") or place != STATE
        assert stat.S_ISFIFO((tmp_path / place).stat().st_mode)


def limited(kind: int, number: int) -> Callable[[], None]:
    """What a process does to itself before it runs the command."""
    return lambda: resource.setrlimit(kind, (number, number))


class TestLimits:
    @pytest.mark.graphviz
    @pytest.mark.parametrize("number", [6, 7, 9])
    def test_too_few_open_files_are_an_error(self, run: Run, tmp_path: Path, number: int) -> None:
        done = run("draw", "6", "conv:3", "-o", "a.svg", preexec_fn=limited(resource.RLIMIT_NOFILE, number))
        assert done.returncode == 2, done.stderr
        assert b"Too many open files; raise the limit (ulimit -n 256)" in done.stderr
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.graphviz
    @pytest.mark.parametrize(("kilobytes", "what"), [(5, "by a file in memory"), (200, "to standard output")])
    def test_too_short_files_are_an_error(self, run: Run, tmp_path: Path, kilobytes: int, what: str) -> None:
        """Also those by which Graphviz is told the figure."""
        limit, line = limited(resource.RLIMIT_FSIZE, 1000 * kilobytes), ("draw", "80", "fc:80", "--max-units", "0")
        with (tmp_path / "out").open("wb") as out:
            done = run(
                *line,
                "--engine",
                "embedded",
                preexec_fn=limit,
                capture_output=False,
                stdout=out,
                stderr=subprocess.PIPE,
            )
        assert done.returncode == 2
        assert re.search(rf"^connectivity: .*{what}.*: File too large", done.stderr.decode())

    @linux
    @pytest.mark.parametrize("bytes", [9_000, 40_000])
    def test_an_answer_that_cannot_be_written_is_an_error(self, bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """The figure is told in 17 kB, and answered in 94."""
        monkeypatch.setattr(apart, "_LARGE", 0)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        figure = connectivity.Figure.of("20 fc:12").changed(max_units=0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes, before[1]))
        try:
            with apart.allowed(), pytest.raises(EngineError, match=r"which cannot be written: File too large; raise"):
                figure.changed(title="a").draw("svg", "embedded")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    def test_there_are_as_many_workers_as_there_is_room_for(self, run: Run, tmp_path: Path) -> None:
        names = [f"{number}.toml" for number in range(8)]
        for name in names:
            (tmp_path / name).write_text('network = "6 conv:3"\n')
        for number in (20, 24, 28, 32):
            done = run("build", *names, "-j8", "--force", preexec_fn=limited(resource.RLIMIT_NOFILE, number))
            assert done.returncode == 0, done.stderr
            assert len(list(tmp_path.glob("*.svg"))) == 8
            (tmp_path / STATE).unlink()  # there was room for it as well
        done = run("build", *names, "-j8", "--force", preexec_fn=limited(resource.RLIMIT_NOFILE, 8))
        assert done.returncode == 2
        assert b"no process can be started that draws: Too many open files; raise the limit (ulimit -n" in done.stderr

    @linux
    def test_no_limit_of_memory_ends_it_without_a_word(self, run: Run, tmp_path: Path) -> None:
        """Which of the many that may find no memory is the first depends on the machine."""
        codes = set()
        line = ("draw", "200", "fc:200", "--max-units", "0", "--engine", "embedded", "-o", "a.svg")
        for megabytes in (130, 230, 245, 260):
            done = run(*line, preexec_fn=limited(resource.RLIMIT_AS, megabytes * 2**20))
            codes.add(done.returncode)
            assert done.returncode in (0, 2), (megabytes, done.stderr)
            assert done.stderr
            assert b"Traceback" not in done.stderr
            if done.returncode == 0:
                assert (tmp_path / "a.svg").read_bytes().endswith(b"</svg>\n")
                (tmp_path / "a.svg").unlink()
            assert list(tmp_path.iterdir()) == []
        assert 2 in codes

    @linux
    @pytest.mark.alone
    def test_a_door_that_gets_no_memory_says_so(self, tmp_path: Path) -> None:
        """Nothing is called what is on standard input, which is right, and no library has the last word."""
        command, codes = str(Path(COMMAND).with_name("connectivity-fence")), set()
        request = b'{"figures": [{"text": "200 fc:200", "options": {"max-units": 0}}]}'
        for megabytes in (26, 32, 40, 150, 245):
            done = subprocess.run(
                [command],
                input=request,
                cwd=tmp_path,
                preexec_fn=limited(resource.RLIMIT_AS, megabytes * 2**20),
                capture_output=True,
                check=False,
            )
            shutil.rmtree(tmp_path / ".connectivity-cache", ignore_errors=True)
            codes.add(done.returncode)
            assert done.returncode in (0, 2), (megabytes, done.stderr)
            assert re.fullmatch(rb"(connectivity-fence: out of memory: .*\n)?", done.stderr), (megabytes, done.stderr)
            assert bool(done.stdout) == (done.returncode == 0) == (not done.stderr)
        assert 2 in codes

    @linux
    @pytest.mark.parametrize(
        ("fate", "words"),
        [
            (lambda: os._exit(1), r"ended \(exit code 1\); memory may be short: draw fewer units"),
            (lambda: os.kill(os.getpid(), 9), r"was killed \(signal 9\); memory may be short: draw fewer units"),
            (lambda: os._exit(7), r"ended \(exit code 7\); try --engine system"),
        ],
    )
    def test_what_becomes_of_graphviz_is_told(
        self, fate: Callable[[], None], words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It ends the process that it is in where it gets no memory."""
        monkeypatch.setattr(apart, "_LARGE", 0)
        monkeypatch.setattr("connectivity.rendering.engines.embedded._draw", lambda *arguments: fate())
        with (
            apart.allowed(),
            pytest.raises(EngineError, match=f"could not draw the svg: the process that drew it {words}"),
        ):
            connectivity.draw("3 fc:2", engine="embedded")

    @linux
    def test_workers_that_get_no_memory_are_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "a.toml").write_text('network = "3 fc:2"\n')
        monkeypatch.setattr(connectivity.Figure, "draw", lambda *arguments: os._exit(1))
        (result,) = run_all([Job(str(tmp_path / "a.toml"), ((str(tmp_path / "a.svg"), "svg"),))], 1)
        told = "the process that drew it ended (exit code 1); memory may be short: draw fewer units (max-units)"
        assert result.error == f"{tmp_path}/a.toml: {told}"

    @linux
    @pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
    def test_a_fork_draws_the_same(self, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        here = connectivity.draw("6 conv:3 fc:2", kind, engine="embedded")
        monkeypatch.setattr(apart, "_LARGE", 0)
        monkeypatch.setattr(os, "fork", counted := Counted(os.fork))
        with apart.allowed():
            assert connectivity.draw("6 conv:3 fc:2", kind, engine="embedded") == here
            with pytest.raises(EngineError, match="could not read the DOT"):
                engines.render("digraph {", kind, "embedded")
        assert counted.number == 2
        connectivity.draw("6 conv:3 fc:2", kind, engine="embedded")
        assert counted.number == 2, "a library does not fork"


class Counted:
    """A function, and how often it was called."""

    def __init__(self, function: Callable[[], int]) -> None:
        self.number, self._function = 0, function

    def __call__(self) -> int:
        self.number += 1
        return self._function()


class TestEngines:
    @pytest.fixture
    def neato(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
        """An executable that does what a script says."""

        def fake(script: str) -> None:
            for name in ("neato", "dot"):
                (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
                (tmp_path / name).chmod(0o755)

        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        return fake

    def test_one_that_hangs_is_stopped(
        self, neato: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        neato(f"echo $$ >{tmp_path}/number; exec sleep 60")
        monkeypatch.setattr(programs, "TIME_LIMIT", 1)
        with pytest.raises(EngineError, match="did not end within 1 seconds and was stopped; draw fewer units"):
            connectivity.draw("2", engine="system")
        number = int((tmp_path / "number").read_text())
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)

    @linux
    def test_a_fork_that_hangs_is_stopped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(apart, "_LARGE", 0)
        monkeypatch.setattr(programs, "TIME_LIMIT", 1)
        monkeypatch.setattr("connectivity.rendering.engines.embedded._draw", lambda *arguments: time.sleep(60))
        with apart.allowed(), pytest.raises(EngineError, match="did not end within 1 seconds"):
            connectivity.draw("2", engine="embedded")

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no alarm")
    @pytest.mark.parametrize("holds_lock", [False, True], ids=["in Python", "in C"])
    def test_a_worker_in_which_graphviz_hangs_is_stopped(
        self, holds_lock: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The other figures are drawn, and so is what comes after it; nothing of Python's needs to be run for that."""
        draw = embedded._draw

        def hang(gv: Any, source: BinaryIO, format: str) -> tuple[int, bytes]:
            if b"hangs" not in source.read():
                source.seek(0)
                return draw(gv, source, format)
            if holds_lock:
                ctypes.PyDLL(None).sleep(60)
            time.sleep(60)
            return 0, b""

        monkeypatch.setattr(programs, "TIME_LIMIT", 1)
        monkeypatch.setattr(embedded, "_draw", hang)
        names = ["1", "hangs", "2", "3"]
        for name in names:
            (tmp_path / f"{name}.toml").write_text(f'title = "{name}"\nnetwork = "3 fc:2"\n')
        jobs = [Job(f"{tmp_path}/{name}.toml", ((f"{tmp_path}/{name}.png", "png"),)) for name in names]
        said = {Path(result.job.source).stem: result.error for result in run_all(jobs, 2)}
        words = "the process that drew it did not end within 1 seconds and was stopped; draw fewer units (max-units)"
        assert said == {"1": "", "2": "", "3": "", "hangs": f"{tmp_path}/hangs.toml: {words}"}
        assert sorted(path.stem for path in tmp_path.glob("*.png")) == ["1", "2", "3"]

    @pytest.mark.graphviz
    def test_nobody_elses_process_has_an_alarm(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(signal, "setitimer", lambda *_: pytest.fail("an alarm"))
        assert connectivity.draw("3 fc:2", engine="embedded")

    def test_one_that_says_what_is_wrong_and_returns_success_is_an_error(self, neato: Callable[[str], None]) -> None:
        neato("cat >/dev/null; echo 'Error: no place for u1' >&2; echo '<?xml version=\"1.0\"?><svg></svg>'")
        with pytest.raises(EngineError, match=r"\(system\) could not draw the svg: Error: no place for u1"):
            connectivity.draw("2", engine="system")

    def test_one_that_fails_says_why(self, neato: Callable[[str], None]) -> None:
        neato("cat >/dev/null; echo 'no such luck' >&2; exit 3")
        with pytest.raises(EngineError, match=r"neato failed: it ended \(exit code 3\): no such luck; try --engine"):
            connectivity.draw("2", engine="system")

    def test_one_that_lacks_its_layouts_says_what_installs_them(self, neato: Callable[[str], None]) -> None:
        """As of Debian from Graphviz 14 on; memory is not short."""
        neato("cat >/dev/null; echo 'There is no layout engine support for \"neato\"' >&2; exit 1")
        words = r'support for "neato"; its layouts .* apt-get install libgvplugin-neato-layout8$'
        with pytest.raises(EngineError, match=words):
            connectivity.draw("2", engine="system")
        neato("cat >/dev/null; exit 1")
        with pytest.raises(EngineError, match=r"it ended \(exit code 1\); memory may be short"):
            connectivity.draw("2", engine="system")
        neato("cat >/dev/null; echo 'no such luck' >&2; exit 1")
        with pytest.raises(EngineError, match=r"\(exit code 1\): no such luck; try --engine embedded"):
            connectivity.draw("2", engine="system")

    def test_one_that_cannot_be_run_says_so(
        self, neato: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        neato("")
        monkeypatch.setenv("PATH", str(tmp_path))
        (tmp_path / "dot").write_bytes(b"\x00not a program")
        with pytest.raises(EngineError, match="neato failed: it cannot be run"):
            connectivity.draw("2", engine="system")

    def test_an_interrupted_drawing_leaves_no_neato(self, neato: Callable[[str], None], tmp_path: Path) -> None:
        neato(f"echo $$ >{tmp_path}/number.new; mv {tmp_path}/number.new {tmp_path}/number; exec sleep 60")
        command = [COMMAND, "draw", "2", "--engine", "system", "-o", "a.svg"]
        with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) as process:
            while not (tmp_path / "number").exists():
                assert process.poll() is None
                time.sleep(0.01)
            process.terminate()
            _, said = process.communicate(timeout=20)
        assert (process.returncode, said) == (-15, b"")
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "number").read_text()), 0)
        assert not (tmp_path / "a.svg").exists()


class TestSurroundings:
    @pytest.mark.graphviz
    @pytest.mark.parametrize(
        "changed",
        [
            {"HOME": None},
            {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent"},
            {"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            {"TMPDIR": "/nonexistent"},
            {"PATH": "/nonexistent"},
        ],
        ids=lambda changed: next(iter(changed)),
    )
    def test_what_a_user_has_does_not_matter(self, run: Run, tmp_path: Path, changed: dict[str, str | None]) -> None:
        environment = {key: value for key, value in {**os.environ, **changed}.items() if value is not None}
        (tmp_path / "ä.toml").write_text('network = "6 conv:3"\ntitle = "Ä σ"\n', encoding="utf-8")
        for done in (
            run("draw", "ä.toml", "-o", "ö.pdf", env=environment),
            run("build", "ä.toml", "-f", "pdf,svg", env=environment),
        ):
            assert done.returncode == 0, done.stderr
        figure = connectivity.Figure.read(tmp_path / "ä.toml")
        assert (tmp_path / "ö.pdf").read_bytes() == figure.draw("pdf") == (tmp_path / "ä.pdf").read_bytes()
        assert (tmp_path / "ä.svg").read_bytes() == figure.draw("svg")

    @pytest.mark.graphviz
    def test_no_shared_memory_and_no_fonts_do_not_matter(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text('network = "6 conv:3"\n')
        script = """
            for place in /dev/shm /tmp /usr/share/fonts /etc/fonts; do
              [ $place != /tmp ] || case $PWD in /tmp*) continue;; esac
              [ ! -d $place ] || mount -t tmpfs -o ro none $place
            done
            $connectivity build a.toml -f png,svg -q; $connectivity draw a.toml -q -o b.png
        """
        assert within_mounts(script, tmp_path) == ""
        figure = connectivity.Figure.read(tmp_path / "a.toml")
        assert (tmp_path / "a.png").read_bytes() == figure.draw("png") == (tmp_path / "b.png").read_bytes()
        assert (tmp_path / "a.svg").read_bytes() == figure.draw("svg")


class TestTwoBuilds:
    def test_of_the_same_figures_at_once(self, tmp_path: Path) -> None:
        names = [f"{number}.toml" for number in range(6)]
        for name in names:
            (tmp_path / name).write_text(f'title = "{name}"\nnetwork = "6 conv:3"\n')
        builds = [
            subprocess.Popen([COMMAND, "build", *some, "-j2"], cwd=tmp_path, stderr=subprocess.PIPE)
            for some in (names, names[::-1], names[:4])
        ]
        for build in builds:
            _, said = build.communicate(timeout=60)
            assert build.returncode == 0, said
        done = subprocess.run([COMMAND, "build", *names, "--check"], cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (0, b"")
        assert [path.name for path in tmp_path.iterdir() if path.suffix not in (".toml", ".svg", ".json")] == [
            ".connectivity-cache"
        ]

    @linux
    def test_a_record_is_written_after_that_of_another(self, tmp_path: Path) -> None:
        import fcntl

        path = tmp_path / "a.toml"
        path.write_text('network = "3 fc:2"\n')
        job = Job(str(path), outputs_of(str(path), ["dot"], None))
        records = Records()
        assert not records.is_fresh(job)
        records.note(run_job(job))
        theirs = os.open(tmp_path, os.O_RDONLY)
        fcntl.flock(theirs, fcntl.LOCK_EX)
        saving = threading.Thread(target=records.save)
        saving.start()
        time.sleep(0.2)
        assert not (tmp_path / STATE).exists()
        (tmp_path / STATE).write_text('{"b.dot": {}}')
        os.close(theirs)
        saving.join()
        assert sorted(Records()._folder(tmp_path)) == ["a.dot", "b.dot"]
