"""Plug-ins of other packages, none of which is wanted."""

from __future__ import annotations

import os
import sys
from types import ModuleType


def want_no_plugins() -> None:
    """No plug-in of pydantic is wanted, and looking for one reads the metadata of every package.

    What looks for them loads the e-mail and archive packages first: 11 ms of the 160 of `redraft status`. So
    something that finds none stands in its place; should pydantic rename it, nothing changes but the time.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    finds_none = ModuleType("pydantic.plugin._loader")
    finds_none.get_plugins = tuple  # type: ignore[attr-defined]
    sys.modules.setdefault(finds_none.__name__, finds_none)
