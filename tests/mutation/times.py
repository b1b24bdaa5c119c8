"""A plugin of pytest that writes how long each test takes, setting up included, to TEST_TIMES as JSON: seconds by name."""

import collections
import json
import os
from pathlib import Path

import pytest

_SECONDS: dict[str, float] = collections.defaultdict(float)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add one phase of a test."""
    _SECONDS[report.nodeid] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write them; of several processes, the one that hears of all."""
    if not hasattr(session.config, "workerinput"):
        Path(os.environ["TEST_TIMES"]).write_text(json.dumps(_SECONDS), encoding="utf-8")
