"""What a release says of itself: the section of its version in the changelog."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

NOTES = ROOT / ".ci" / "notes"
CHANGELOG = """# Changelog

## Unreleased

* later

## 0.2.0 - 2026-01-31

### Added

* this

## 0.1.0 - 2025-12-01

* that
"""


@pytest.mark.parametrize(
    ("version", "expected"),
    [("0.2.0", "### Added\n\n* this\n"), ("0.1.0", "* that\n"), ("0.3.0", None), ("0x1.0", None)],
)
def test_the_section_of_a_version(version: str, expected: str | None) -> None:
    assert runpy.run_path(str(NOTES))["section"](CHANGELOG, version) == expected


def test_a_version_without_a_section_is_no_release(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "notes").write_bytes(NOTES.read_bytes())
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    done = subprocess.run([sys.executable, tmp_path / ".ci" / "notes", "0.3.0"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert '"## 0.3.0 - YEAR-MONTH-DAY"' in done.stderr
    done = subprocess.run([sys.executable, tmp_path / ".ci" / "notes", "0.2.0"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "### Added\n\n* this\n")
