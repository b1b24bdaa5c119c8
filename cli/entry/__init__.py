"""The command, under the name of the distribution: ``layer_connectivity``.

Another distribution on the Python package index, ``connectivity``, has files in a package of the same name. Where it
was installed over ours, or is found before it, nothing within ``connectivity`` could say so; this package can.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

_RARELY = (
    100_000,
    20,
    100,
)  # how often garbage is looked for: what is imported and drawn is none, and there is much of it
DISTRIBUTION = "layer-connectivity"
_CURE = "An environment of its own is safe: pipx install, uv tool install, or python3 -m venv"


def main() -> int:
    """Run the command line and return its exit code: 2 where the package ``connectivity`` is not ours."""
    gc.set_threshold(*_RARELY)
    reason = shadowed()
    if reason:
        if sys.stderr is not None:
            print(f"connectivity: {reason}", file=sys.stderr)
        return 2
    from connectivity.cli.main import main as run  # type: ignore[import-not-found]  # cli/, until it is installed

    code: int = run()
    return code


def shadowed() -> str | None:
    """Why the package ``connectivity`` is not that of this distribution, and what to do; None where it is."""
    try:
        import connectivity
    except Exception as error:  # whatever the other one does as it is imported
        return _other(f"cannot be imported ({type(error).__name__}: {str(error)[:200]})", None)
    if getattr(connectivity, "__distribution__", None) == DISTRIBUTION:
        return None
    places = [*getattr(connectivity, "__path__", ()), getattr(connectivity, "__file__", None)]
    return _other("is not ours", Path(places[0]) if places[0] else None)


def _other(what: str, place: Path | None) -> str:
    found = f'the Python package "connectivity"{f" in {place}" if place else ""} {what}'
    if place is None or place == Path(__file__).parent.with_name("connectivity"):
        return (
            f"{found}: the distribution connectivity has the same import name, and lies, or lay, over {DISTRIBUTION}. "
            f"pip uninstall connectivity {DISTRIBUTION}, then install {DISTRIBUTION} again. {_CURE}"
        )
    return f"{found}, and is found before that of {DISTRIBUTION}: go to another folder, or take {place.parent} out of PYTHONPATH. {_CURE}"


def beside(package: Path) -> str | None:
    """What is to be known where the other distribution shares the folder of our ``package``; None where it does not.

    Its files are beside ours then, and whoever uninstalls one takes files of the other away.
    """
    if not any(package.parent.glob("connectivity-*.dist-info")):
        return None
    return (
        f"the distribution connectivity has files in {package} as well, beneath those of {DISTRIBUTION}: it does not "
        f"work, and uninstalling either breaks the other. pip uninstall connectivity {DISTRIBUTION}, then install the "
        f"one that you want. {_CURE}"
    )
