"""``python -m connectivity``: the command line."""

import sys

from layer_connectivity import main  # type: ignore[import-not-found]  # cli/entry/, until it is installed

sys.exit(main())
