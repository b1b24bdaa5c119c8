"""Run mutants: ``cd tests; python -m mutation layout colour --share 0.1``."""

from __future__ import annotations

import argparse
import collections
import os
import random
import re
from pathlib import Path

import pytest

from mutation.measuring import BUILT, IGNORED, MEASURED, ROOT, TIMES, measure
from mutation.mutants import PACKAGES, Mutant, line_of, modules, sample
from mutation.runner import KILLED, SAME, Runner

READ = Path(__file__).with_name("survivors.txt")
"""Mutants that no test can see, or need not."""


def main() -> None:
    """Measure which tests come through which line, where that is not yet known; run the mutants; write what survived."""
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__)
    parser.add_argument("packages", nargs="*", help=f"packages or modules (default: {' '.join(PACKAGES)})")
    parser.add_argument("--share", type=float, default=0.1, help="the share of all mutants to run (default 0.1)")
    parser.add_argument("--seed", type=int, default=0, help="which of them (default 0)")
    parser.add_argument("--seconds", type=float, default=10, help="of tests for each mutant, at most (default 10)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--tests", nargs="+", default=[], help="files of tests (default: all)")
    parser.add_argument("--only", help="a file with names of mutants, one a line: these alone")
    parser.add_argument("--again", action="store_true", help="measure anew")
    parser.add_argument("-o", "--output", type=Path, default=BUILT / "mutants.txt", help="what to write")
    said = parser.parse_args()
    if said.again or not (MEASURED.exists() and TIMES.exists()):
        measure()
    paths = [path for package in said.packages or PACKAGES for path in modules(package)]
    if said.only:
        wanted = {line.split("  ")[-1].strip() for line in Path(said.only).read_text(encoding="utf-8").splitlines()}
        mutants = [mutant for mutant in sample(paths, 1, 0) if mutant.name in wanted]
    else:
        mutants = sample(paths, said.share, said.seed)
    random.Random(said.seed).shuffle(mutants)
    runner = Runner(mutants, MEASURED, TIMES, said.seconds, said.jobs)
    os.chdir(ROOT)
    pytest.main(["-p", "no:terminal", "-p", "no:cacheprovider", *IGNORED, *said.tests], plugins=[runner])
    said.output.write_text(report(runner.outcomes), encoding="utf-8")
    print(summary(runner.outcomes))


def report(outcomes: list[tuple[Mutant, str, str]]) -> str:
    """The counts, and each mutant that no test has killed and nobody has read, with its line before and after."""
    lines, read = [summary(outcomes), ""], known()
    for mutant, outcome, _ in sorted(outcomes, key=lambda each: (each[0].path, each[0].start, each[0].name)):
        if outcome in (KILLED, SAME):
            continue
        before, after = (
            line_of(source, mutant.start[0]) for source in (mutant.path.read_text(encoding="utf-8"), mutant.source())
        )
        if (mutant.module, before, after) not in read:
            lines += [f"{outcome}  {mutant.name}", f"    - {before}", f"    + {after}"]
    return "\n".join(lines) + "\n"


def known() -> set[tuple[str, str, str]]:
    """Those that were read: a module, its line before and after; why none can see them stands before each."""
    found = re.findall(r"^(\S+)\n *- (.*)\n *\+ ?(.*)$", READ.read_text(encoding="utf-8"), re.MULTILINE)
    return {(module, before, after) for module, before, after in found}


def summary(outcomes: list[tuple[Mutant, str, str]]) -> str:
    """How many of each package were killed, of those that change anything."""
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for mutant, outcome, _ in outcomes:
        package = mutant.path.parent.name if mutant.path.parent.name != "connectivity" else mutant.path.stem
        counts[package][outcome] += 1
        counts["all"][outcome] += 1
    lines = []
    for package, found in counts.items():
        told = sum(found.values()) - found[SAME]
        each = ", ".join(f"{count} {outcome}" for outcome, count in sorted(found.items()))
        lines.append(f"{package}: {found[KILLED] / max(told, 1):.1%} killed ({each})")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
