"""``python -m analysis`` is ``tibiao``."""

import sys

from analysis.cli import main

sys.exit(main())
