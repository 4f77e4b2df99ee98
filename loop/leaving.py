"""How a front end leaves the process at once."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import NoReturn

BY_SIGNAL = 128
"""What shells add to the number of the signal that ended a program."""
HUNG_UP = BY_SIGNAL + 1
"""The exit code of a program whose terminal is gone."""


def leave(code: int) -> NoReturn:
    """End the process without waiting for its threads: an engine or a name server may take its time."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
