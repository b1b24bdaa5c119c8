"""Chromium, driven by Playwright, of which there can be one in a process."""

from __future__ import annotations

import functools
import shutil
from typing import Any


@functools.cache
def player() -> Any:
    """Playwright, started once for all tests of a process, which ends it."""
    from playwright.sync_api import sync_playwright

    return sync_playwright().start()


def launched(**options: Any) -> Any:
    """A browser, which its user closes; ``options`` as Playwright has them."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    options.setdefault("args", ["--no-sandbox", "--disable-gpu"])
    return player().chromium.launch(executable_path=path, **options)
