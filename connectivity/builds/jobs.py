"""Many figure files to pictures: what is stale, in parallel, none in the way of another.

A picture is fresh where it is there, and was made by this version with these options of inputs that have
not changed since: the figure file and every file that it was seen to read. What is known of that stands
in ``.connectivity-build.json`` beside the pictures, as hashes alone, so that it can be kept with them in a
repository; without it everything is stale. See :mod:`.builds.digests` for what makes asking quick.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import warnings
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from connectivity import __version__, files
from connectivity.builds.digests import Digests, read_state
from connectivity.errors import ConnectivityError, FileError, Note, visible
from connectivity.interrupts import released
from connectivity.reads import Stamp, digest_of, note, recording, stamp

STATE = ".connectivity-build.json"

Known = tuple[Stamp, str] | None
"""What a file is known by: its stamp and its SHA-256; None for one that is not there."""

_CHANGED = ((-1, -1), "")  # while it was read


class Job(NamedTuple):
    """A figure file and the pictures that it makes, each a path and a format; ``is_shown`` on a live page as well."""

    source: str
    outputs: tuple[tuple[str, str], ...]
    engine: str = "auto"
    options: tuple[tuple[str, Any], ...] = ()
    is_shown: bool = False


class Result(NamedTuple):
    """What became of a job: its error (empty where it succeeded), and the files that it read.

    ``pictures`` are those that it made; they and ``inputs`` are each with what it is to be known by later: its
    stamp and its digest as it was read, nothing where it was not there, what no file has where it changed
    meanwhile. ``notes`` are warnings of what was drawn all the same. ``svg`` is for the page of a job that is shown.
    """

    job: Job
    error: str
    inputs: Mapping[str, Known]
    pictures: Mapping[str, Known] = MappingProxyType({})
    notes: tuple[str, ...] = ()
    svg: bytes = b""


def run(job: Job) -> Result:
    """Draw all pictures of a job. Never raises: a mistake is the result's error, and then nothing was written."""
    with recording() as stamps, warnings.catch_warnings(record=True, category=Note) as warned:
        warnings.simplefilter("always", Note)
        note(job.source)
        pictures, svg = list[tuple[str, bytes]](), b""
        try:
            with released():  # nothing is written yet
                pictures, svg = _draw(job)
            for folder in {Path(path).parent for path, _ in pictures}:
                _make_folder(folder)
            files.write_all(pictures)
            error = ""
        except ConnectivityError as problem:
            error = str(problem)
        except OSError as problem:
            error = f"{visible(job.source, 200)}: {problem.strerror or problem}"
        except MemoryError:
            error = f"{visible(job.source, 200)}: out of memory; draw fewer units (max-units)"
        except Exception as problem:
            error = f"{visible(job.source, 200)}: an error in connectivity itself ({type(problem).__name__}: {problem})"
    notes = tuple(dict.fromkeys(f"{visible(job.source, 200)}: {warning.message}" for warning in warned))
    inputs = {path: _known(path, before) for path, before in stamps.items()}
    made = {} if error else {path: _made_of(path, data) for path, data in pictures}
    return Result(job, error, inputs, made, notes, b"" if error else svg)


def _made_of(path: str, data: bytes) -> Known:
    import hashlib  # which takes longer than all else of a build that has nothing to do

    state = stamp(path)
    return state and (state, hashlib.sha256(data).hexdigest())


def _known(path: str, before: Stamp | None) -> Known:
    """What a file is known by that had the stamp ``before`` when it was about to be read."""
    digest = digest_of(path) if before else ""
    if stamp(path) != before:
        return _CHANGED
    return before and (before, digest)


def _draw(job: Job) -> tuple[list[tuple[str, bytes]], bytes]:
    """The pictures of a job, each a path and bytes, and what a page shows of it."""
    from connectivity.figure import Figure

    path = Path(job.source)
    if path.exists() and not path.is_file():
        raise FileError(
            f'cannot read "{visible(job.source, 200)}": it is a folder, a pipe or a device; name a figure file'
        )
    try:
        figure = Figure.read(job.source).changed(**dict(job.options))
        pictures = {format: figure.draw(format, job.engine) for _, format in job.outputs}
        svg = bytes(pictures.get("svg") or figure.draw("svg", job.engine)) if job.is_shown else b""
    except ConnectivityError as problem:
        if _names(problem, job.source):
            raise
        raise type(problem)(f"{visible(job.source, 200)}: {problem}") from problem
    return [(path, pictures[format]) for path, format in job.outputs], svg


def _names(problem: ConnectivityError, source: str) -> bool:
    """Whether an error says itself which file it is in."""
    return hasattr(problem, "source") or source in str(problem)


@dataclass
class Records:
    """What is known of the pictures in all output folders."""

    _folders: dict[Path, dict[str, Any]] = field(default_factory=dict)
    _changed: dict[Path, set[str]] = field(default_factory=dict)  # names of pictures in each folder
    _digests: dict[Path, Digests] = field(default_factory=dict)

    def is_fresh(self, job: Job) -> bool:
        """Whether all pictures of a job are as they should be."""
        return all(self._is_fresh(job, path, format) for path, format in job.outputs)

    def stale(self, job: Job) -> list[str]:
        """The pictures of a job that are not as they should be."""
        return [path for path, format in job.outputs if not self._is_fresh(job, path, format)]

    def inputs(self, job: Job) -> list[str]:
        """The files that a job was seen to read."""
        paths = [job.source]
        for path, _ in job.outputs:
            states = self._entry(path).get("inputs")
            folder = Path(path).parent.resolve()
            names = [os.path.realpath(folder / name) for name in states] if isinstance(states, dict) else []
            paths += names if Path(job.source).is_absolute() else [os.path.relpath(name) for name in names]
        once: dict[str, str] = {}
        for name in paths:
            once.setdefault(os.path.realpath(name), name)
        return list(once.values())

    def note(self, result: Result) -> None:
        """Remember what a picture was made of. Of one that failed nothing changes: what is there is what it was made of."""
        for path, format in () if result.error else result.job.outputs:
            folder = Path(path).parent
            entries = self._folder(folder)
            entries[Path(path).name] = {
                "made": _made(result.job, format),
                "picture": self._noted(path, result.pictures.get(path), folder),
                "inputs": {
                    _relative(name, folder): self._noted(name, known, folder)
                    for name, known in sorted(result.inputs.items())
                },
            }
            self._changed.setdefault(folder, set()).add(Path(path).name)

    def _noted(self, path: str, known: Known, folder: Path) -> str | None:
        """What the record says of a file: its digest, or nothing of one that is not there."""
        if known is None:
            return None
        before, digest = known
        self._digests_of(folder).learn(path, before, digest)
        return digest

    def save(self) -> None:
        """Write what changed; where that cannot be done, the next build draws everything again."""
        for folder, names in sorted(self._changed.items()):
            with _alone(folder), contextlib.suppress(FileError):
                files.keep(folder / STATE, (json.dumps(self._merged(folder, names), indent=0) + "\n").encode())
        self._changed.clear()
        for folder, digests in self._digests.items():
            if (folder / STATE).exists():
                digests.save()

    def _merged(self, folder: Path, names: Collection[str]) -> dict[str, Any]:
        """The record of a folder with what is new of ``names``; of others what another build may have written."""
        ours, theirs = self._folders[folder], read_state(folder / STATE)
        merged = {name: entry for name, entry in theirs.items() if name not in names}
        merged |= {name: ours[name] for name in names if name in ours}
        return {name: merged[name] for name in sorted(merged)}

    def forget_all(self) -> None:
        """Look at all files anew."""
        for digests in self._digests.values():
            digests.look_again()

    def _is_fresh(self, job: Job, path: str, format: str) -> bool:
        entry, folder = self._entry(path), Path(path).parent
        if entry.get("made") != _made(job, format) or not self._is_same(path, entry.get("picture") or "", folder):
            return False
        inputs = entry.get("inputs")
        if not isinstance(inputs, dict) or not inputs:
            return False
        return all(self._is_same(str(folder / name), known, folder) for name, known in inputs.items())

    def _is_same(self, path: str, known: Any, folder: Path) -> bool:
        return bool(known != "" and self._digests_of(folder).digest(path) == known)

    def _digests_of(self, folder: Path) -> Digests:
        if folder not in self._digests:
            self._digests[folder] = Digests(folder)
        return self._digests[folder]

    def _entry(self, path: str) -> dict[str, Any]:
        entry = self._folder(Path(path).parent).get(Path(path).name)
        return entry if isinstance(entry, dict) else {}

    def _folder(self, folder: Path) -> dict[str, Any]:
        if folder not in self._folders:
            self._folders[folder] = read_state(folder / STATE)
        return self._folders[folder]


_TURN, _TURNS = 0.05, 100  # seconds between two looks whether it is our turn, and how many there are


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other build writes its record in ``folder`` meanwhile, as far as the system can tell."""
    try:
        import fcntl
    except ImportError:  # as on Windows
        yield
        return
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            for _ in range(_TURNS):
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    time.sleep(_TURN)
        yield


def _made(job: Job, format: str) -> str:
    """Everything that decides a picture beside its inputs."""
    return json.dumps([__version__, format, job.engine, sorted(job.options)])


def _relative(path: str, folder: Path) -> str:
    """How the record names a file: from its own folder on, with slashes on every system."""
    real = os.path.realpath(path)
    try:
        return Path(os.path.relpath(real, os.path.realpath(folder))).as_posix()
    except ValueError:  # on another drive
        return real


def run_all(
    jobs: Sequence[Job], workers: int, stopped: Callable[[], bool] = lambda: False
) -> Generator[Result, None, None]:
    """Run all jobs, at most ``workers`` of them at once, each result as it comes, until ``stopped`` says that it is enough.

    Each is drawn in a process of its own kind, so that Graphviz may crash on one without harm to the others. Raises
    FileError where there can be no such process.
    """
    from connectivity.builds.workers import Workers

    with Workers(run, min(workers, len(jobs))) as processes:
        for job, result in processes.each(jobs, stopped):
            if isinstance(result, Result):
                yield result
            else:
                message = f"{visible(job.source, 200)}: the process that drew it {result}"
                yield Result(job, message, {job.source: _CHANGED})


def _make_folder(folder: Path) -> None:
    """Raises FileError where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            f"cannot make the folder {visible(str(folder), 200)}: {error.strerror}; name another with --out-dir"
        ) from error


def outputs_of(source: str, formats: Iterable[str], folder: str | None) -> tuple[tuple[str, str], ...]:
    """Where the pictures of a figure file go: beside it, or into ``folder``."""
    path = Path(source)
    place = path.parent if folder is None else Path(folder)
    return tuple((str(place / f"{path.stem}.{format}"), format) for format in dict.fromkeys(formats))


def clashes(jobs: Sequence[Job]) -> Mapping[str, list[str]]:
    """The outputs that several figure files would write, each with the files."""
    makers: dict[str, list[str]] = {}
    for job in jobs:
        for path, _ in job.outputs:
            makers.setdefault(path, []).append(job.source)
    return {path: sources for path, sources in makers.items() if len(sources) > 1}
