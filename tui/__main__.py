"""`python -m tui FOLDER`: the desk without the command line, as `redraft serve` starts it."""

from __future__ import annotations

import sys

from loop.errors import RedraftError
from tui.opening import open_desk

try:
    open_desk(sys.argv[1] if len(sys.argv) > 1 else ".")
except RedraftError as error:
    sys.exit(f"{error.message}\n  → {error.hint}")
except Exception as error:  # noqa: BLE001 - a front door: what is not known is a bug of ours
    from loop.render.bug import report

    sys.exit(report(error))
