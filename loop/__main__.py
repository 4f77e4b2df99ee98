"""`python -m loop` is the `redraft` command."""

from loop.cli import main

main()
