"""Which tests come through which line, and how long each takes: all of them, run once under coverage."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "samples" / "build"
MEASURED, TIMES = BUILT / "tests.coverage", BUILT / "tests.times.json"
IGNORED = ("--ignore=tests/parity", "--ignore=tests/playground")
"""What has environments of its own."""


def measure() -> None:
    """Run the tests, which leaves their lines in MEASURED and their times in TIMES."""
    BUILT.mkdir(exist_ok=True)
    environment = os.environ | {"TEST_TIMES": str(TIMES), "COVERAGE_FILE": str(MEASURED), "PYTHONPATH": "tests"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "auto",
        "--dist",
        "loadfile",
        "-p",
        "mutation.times",
        "-m",
        "not alone",
    ]
    counted = ["--cov", "--cov-context=test", "--cov-report="]
    subprocess.run([*command, *counted, *IGNORED], cwd=ROOT, env=environment, check=False)
