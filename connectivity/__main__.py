"""``python -m connectivity``: the command line."""

import sys

from connectivity.cli.main import main  # type: ignore[import-not-found]  # cli/, until it is installed

sys.exit(main())
