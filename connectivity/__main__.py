"""``python -m connectivity``: the command line."""

import sys

from connectivity.cli.main import main

sys.exit(main())
