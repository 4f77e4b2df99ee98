"""The front door: `redraft` alone opens the desk at once; all else goes by the command line."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> None:
    """Do what was typed, and exit with the code of the table."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if argv is not None or sys.argv[1:] or not (sys.stdin.isatty() and sys.stdout.isatty()):
        from loop.cli.app import main as command

        command(argv)
        return
    try:
        from tui.opening import open_desk  # the desk needs nothing of the command line

        open_desk(".")
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the front door
        from loop.cli.app import told

        told(error, at_once=True)
