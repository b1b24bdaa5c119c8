"""How much of the lines and of the branches the tests come through: ``python tests/covered.py coverage.json 95``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

COUNTED = {"lines": ("covered_lines", "num_statements"), "branches": ("covered_branches", "num_branches")}


def shares(report: Path) -> dict[str, float]:
    """The shares in a report of ``coverage json``, from 0 to 100."""
    totals = json.loads(report.read_text(encoding="utf-8"))["totals"]
    return {name: 100 * totals[covered] / totals[all_of] for name, (covered, all_of) in COUNTED.items()}


if __name__ == "__main__":
    found = shares(Path(sys.argv[1]))
    print(", ".join(f"{share:.1f} % of {name}" for name, share in found.items()))
    sys.exit(min(found.values()) < float(sys.argv[2]))
