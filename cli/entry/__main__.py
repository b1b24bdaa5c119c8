"""``python -m layer_connectivity``: the command line, or why the package ``connectivity`` is not ours."""

import sys

from layer_connectivity import main  # type: ignore[import-not-found]  # cli/entry/, until it is installed

sys.exit(main())
