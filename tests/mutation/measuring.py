"""Which tests come through which line: all tests, run once under coverage. ``cd tests; python -m mutation.measuring``."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "samples" / "build"
MEASURED, TIMES = BUILT / "tests.coverage", BUILT / "tests.times.json"
IGNORED = ("--ignore=tests/parity", "--ignore=tests/playground")
"""What has environments of its own."""


def main() -> int:
    """Measure, and say what is not covered; 1 where a test fails or less than ``--least`` percent is covered."""
    parser = argparse.ArgumentParser(prog="mutation.measuring", description=__doc__)
    parser.add_argument("--least", type=float, default=0.0, help="percent of lines and branches that must be covered")
    least: float = parser.parse_args().least
    failed = measure()
    environment = os.environ | {"COVERAGE_FILE": str(MEASURED)}
    shown = ["report", "--skip-covered", "--show-missing", f"--fail-under={least}"]
    return max(failed, subprocess.run([sys.executable, "-m", "coverage", *shown], cwd=ROOT, env=environment).returncode)


def measure() -> int:
    """Run the tests, which leaves their lines in MEASURED and their times in TIMES; pytest's exit status."""
    BUILT.mkdir(exist_ok=True)
    environment = os.environ | {"TEST_TIMES": str(TIMES), "COVERAGE_FILE": str(MEASURED), "PYTHONPATH": "tests"}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile", "-p", "mutation.times"]
    counted = ["--cov", "--cov-context=test", "--cov-report="]
    return subprocess.run([*command, *counted, *IGNORED], cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
