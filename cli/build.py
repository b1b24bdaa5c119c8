"""``connectivity build``: many figure files, only what is stale, in parallel."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connectivity.interrupts import Hold, held
from connectivity.options import ENGINES, THEMES
from connectivity.rendering.formats import FORMATS

from .arguments import note_engine, quiet_option
from .complete import complete_file, complete_folder
from .remedies import Choice, WholeRange
from .streams import put, tell
from .watching import Watching, interrupted, watch_options

if TYPE_CHECKING:
    from connectivity.builds.jobs import Job, Records, Result
    from connectivity.builds.live import Live

STALE = 1
FAILED = 2


@click.command(short_help="Draw many figure files: what is stale, in parallel.")
@click.argument("files", nargs=-1, metavar="FILE...", shell_complete=complete_file)
@click.option(
    "-d",
    "--out-dir",
    metavar="FOLDER",
    shell_complete=complete_folder,
    help="Where the pictures go.  [default: beside their files]",
)
@click.option("-f", "--format", "formats", default="svg", metavar="LIST", help="Formats, as svg,pdf.  [default: svg]")
@click.option("-j", "--jobs", type=WholeRange(1), help="How many at once.  [default: one for each core]")
@click.option("--force", is_flag=True, help="Draw what is fresh as well.")
@click.option("--check", is_flag=True, help="Write nothing; name what is stale, and end with exit code 1 if any is.")
@click.option(
    "--deps",
    metavar="FILE",
    shell_complete=complete_file,
    help="Write what the pictures are made of, as rules for Make.",
)
@watch_options
@click.option("--theme", type=Choice(THEMES, case_sensitive=False), help="In place of the files' own.")
@click.option("--engine", type=Choice(ENGINES), default="auto", show_default=True, help="As of draw.")
@quiet_option
def build(
    files: tuple[str, ...],
    out_dir: str | None,
    formats: str,
    jobs: int | None,
    force: bool,
    check: bool,
    deps: str | None,
    watching: Watching,
    theme: str | None,
    engine: str,
    quiet: bool,
) -> int:
    """Draw figure files (TOML), each into STEM.FORMAT.

    A picture is drawn again when its file, or anything that it read, has changed. A figure that fails does
    not stop the others. Exit code: 0 done, 1 --check found something stale, 2 a figure failed.
    """
    if check and (watching.watch or watching.has_page or force or deps):
        raise click.UsageError(
            "--check writes nothing, and shows nothing: it goes with none of --watch, --open, --port, --force and --deps"
        )
    from connectivity.builds.jobs import Records

    watching.check(lambda: False, lambda: bool(files))
    todo = _jobs(files, _formats(formats), out_dir, theme, engine)
    if deps is not None:
        check_deps(deps, [name for job in todo for name in (job.source, *(path for path, _ in job.outputs))])
    records = Records()
    if check:
        return _check(todo, records)
    workers = jobs or _cores()
    todo = [job._replace(is_shown=watching.has_page) for job in todo]
    with watching.page([job.source for job in todo]) as live:
        watching.announce(live)
        page = _Page(todo, live)
        with held(to_the_end=True) as hold:
            failed = _build(todo, records, workers, force, quiet, page, hold)
            if hold.is_set():
                return interrupted(hold)
        if deps is not None:
            _write_deps(deps, todo, records, failed)
        if watching.watch:
            with held(to_the_end=True) as hold:
                _watch(todo, records, workers, quiet, deps, page, hold)
                return interrupted(hold)
    return FAILED if failed else 0


def _cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _formats(text: str) -> list[str]:
    from connectivity.errors import suggestion, visible

    formats = [word.strip().lower() for word in text.split(",")]
    for word in formats:
        if word not in FORMATS:
            raise click.UsageError(f'unknown format "{visible(word)}"{suggestion(word, FORMATS)}')
    return formats


def _jobs(
    files: Sequence[str], formats: Sequence[str], out_dir: str | None, theme: str | None, engine: str
) -> list[Job]:
    """A job for each file, said once. Raises click.UsageError where two would write the same picture."""
    from connectivity.builds.jobs import Job, clashes, outputs_of
    from connectivity.errors import visible

    if not files:
        raise click.UsageError("which figure files? Name them, as figures/*.toml")
    if "-" in files:
        raise click.UsageError("build takes files only; 'connectivity draw -' reads from standard input")
    options = (("theme", theme),) if theme else ()
    names = dict.fromkeys(os.path.normpath(name) for each in files for name in _expanded(each))
    jobs = [Job(name, outputs_of(name, formats, out_dir), engine, options) for name in names]
    for path, sources in clashes(jobs).items():
        one, other = (visible(name) for name in sources[:2])
        raise click.UsageError(f"{one} and {other} would both write {visible(path)}; give one another name or folder")
    return jobs


def _expanded(name: str) -> list[str]:
    """The files of a pattern, for those who have no shell that expands it: Windows, pre-commit, a configuration."""
    import glob

    from connectivity.errors import visible

    if not glob.has_magic(name) or Path(name).exists():
        return [name]
    found = sorted(glob.glob(name, recursive=True))  # noqa: PTH207  # Path.glob takes no absolute patterns
    if not found:
        raise click.UsageError(f'no file is called as "{visible(name)}" says; name figure files, as figures/*.toml')
    return found


def _check(jobs: Sequence[Job], records: Records) -> int:
    from connectivity.errors import visible

    stale = {job.source: records.stale(job) for job in jobs}
    missing = [source for source in stale if not Path(source).is_file()]
    paths = [path for paths in stale.values() for path in paths]
    for path in paths:
        put(visible(path, 1000))
    for source in missing:
        reason = "it is no file" if Path(source).exists() else "no such file"
        tell(f"connectivity: cannot read {visible(source, 200)}: {reason}")
    wrong = [reason for source in stale if stale[source] and source not in missing and (reason := _problem(source))]
    for reason in wrong:
        tell(reason)
    if missing or wrong:
        return FAILED
    if paths:
        tell(
            f"connectivity: {len(paths)} {'picture is' if len(paths) == 1 else 'pictures are'} stale; build draws {'it' if len(paths) == 1 else 'them'}"
        )
    return STALE if paths else 0


def _problem(source: str) -> str:
    """What is wrong with a figure file; nothing where it can be read."""
    from connectivity.errors import ConnectivityError
    from connectivity.figure import Figure

    try:
        Figure.read(source)
    except ConnectivityError as error:
        return str(error)
    return ""


def _build(
    jobs: Sequence[Job], records: Records, workers: int, force: bool, quiet: bool, page: _Page, hold: Hold
) -> dict[str, Sequence[str]]:
    """Draw what is stale, until a signal comes; the figures that failed, each with the files that it read."""
    stale = [job for job in jobs if force or not records.is_fresh(job)]
    if not stale:  # what draws takes longer to import than to find that out
        records.save()
        return {}
    from connectivity.builds.jobs import run_all
    from connectivity.figure import Figure  # noqa: F401  # once, before there are workers

    failed: dict[str, Sequence[str]] = {}
    try:
        with _progress(len(stale), quiet) as done:
            for result in run_all(stale, workers, hold.is_set):
                records.note(result)
                if result.error:
                    failed[result.job.source] = list(result.inputs)
                page.show(result)
                done(result)
    finally:
        records.save()
    if not quiet and len(failed) < len(stale):
        note_engine((format for job in stale for _, format in job.outputs), stale[0].engine)
    return failed


@contextmanager
def _progress(number: int, quiet: bool) -> Iterator[_Done]:
    """What is said of each result: a bar on a terminal, a line a file elsewhere; errors always."""
    if quiet or not number or sys.stderr is None or not sys.stderr.isatty():
        yield _Done(quiet)
        return
    with click.progressbar(length=number, label="drawing", file=sys.stderr) as bar:
        errors: list[str] = []

        class OnBar(_Done):
            def __call__(self, result: Result) -> None:
                errors.extend([result.error] if result.error else result.notes)
                bar.update(1)

        yield OnBar(quiet)
    for error in errors:
        tell(error)


class _Done:
    """Says what became of a figure."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet

    def __call__(self, result: Result) -> None:
        from connectivity.errors import visible

        if result.error:
            tell(result.error)
        elif not self._quiet:
            for note in result.notes:
                tell(note)
            for path, _ in result.job.outputs:
                tell(f"wrote {visible(path, 1000)}")


def check_deps(path: str, paths: Iterable[str]) -> None:
    """Raise click.UsageError where a dependency file would take the place of something of ``paths``, or nothing."""
    from connectivity.errors import visible

    if path in ("", "-") or path.endswith(".toml") or os.path.realpath(path) in set(map(os.path.realpath, paths)):
        raise click.UsageError(f'--deps would write over "{visible(path)}": name a file of its own, as net.d')


def deps_content(path: str, inputs_of: Mapping[str, Sequence[str]], sources: Collection[str]) -> bytes:
    """What the dependency file ``path`` holds; warns of paths that Make cannot express.

    ``sources`` are the figure files themselves. Raises click.UsageError as :func:`check_deps`.
    """
    from connectivity.builds import depfile
    from connectivity.errors import visible

    check_deps(path, [name for output, inputs in inputs_of.items() for name in (output, *inputs)])
    data, refused = depfile.content(inputs_of, sources)
    for name in refused:
        tell(f"connectivity: warning: Make cannot express the path {visible(name, 200)!r}; left out")
    return data


def _write_deps(path: str, jobs: Sequence[Job], records: Records, failed: Mapping[str, Sequence[str]]) -> None:
    """Write the dependencies of all pictures; of those that failed what they read."""
    from connectivity import files

    inputs = {job: list(dict.fromkeys([*records.inputs(job), *failed.get(job.source, ())])) for job in jobs}
    inputs_of = {path: inputs[job] for job in jobs for path, _ in job.outputs}
    others = {name for job in jobs for name in inputs[job] if name != job.source}
    files.write(path, deps_content(path, inputs_of, {job.source for job in jobs} - others))


def _watch(
    jobs: Sequence[Job], records: Records, workers: int, quiet: bool, deps: str | None, page: _Page, hold: Hold
) -> None:
    """Draw again what changes, until a signal comes."""
    from connectivity.builds.jobs import run_all
    from connectivity.builds.watch import changes

    say = _Done(quiet)
    failing: dict[str, list[str]] = {
        job.source: [] for job in jobs
    }  # what a failing figure read: a build that fails leaves no record

    def read_by(job: Job) -> list[str]:
        return [*records.inputs(job), *failing.get(job.source, ())]

    def draw(stale: Sequence[Job], say: Callable[[Result], None]) -> None:
        for result in run_all(stale, workers, hold.is_set):
            records.note(result)
            failing[result.job.source] = list(result.inputs) if result.error else []
            page.show(result)
            say(result)
        records.save()

    watched = changes(lambda: [path for job in jobs for path in read_by(job)], hold)
    next(watched)
    stale = [job for job in jobs if not records.is_fresh(job)]
    draw([*stale, *page.unseen(jobs, stale)], lambda result: None)  # what failed is said already
    if not quiet:
        tell(f"watching {len(jobs)} figure{'s' * (len(jobs) != 1)}; Ctrl-C ends it")
    for changed in watched:
        records.forget_all()
        mine = {job: {os.path.realpath(path) for path in read_by(job)} for job in jobs}
        # One that fails is stale anyway: it is drawn again when something of its own has changed.
        draw([job for job in jobs if mine[job] & changed or not (failing[job.source] or records.is_fresh(job))], say)
        if deps is not None:
            _write_deps(deps, jobs, records, failing)


class _Page:
    """The page that shows the figures, where there is one."""

    def __init__(self, jobs: Sequence[Job], live: Live | None) -> None:
        self._live = live
        self._places = {job.source: number for number, job in enumerate(jobs)}
        self._seen = set[str]()

    def show(self, result: Result) -> None:
        """Show what became of a figure."""
        if self._live is not None:
            self._live.show(self._places[result.job.source], result.svg, result.error)
            self._seen.add(result.job.source)

    def unseen(self, jobs: Iterable[Job], drawn: Collection[Job]) -> list[Job]:
        """Figures that are fresh, and are drawn for the page alone, since nobody knows who wrote their pictures."""
        if self._live is None:
            return []
        return [job._replace(outputs=()) for job in jobs if job.source not in self._seen and job not in drawn]
