"""Where Claude Code is on this computer."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from loop.adapters.claude_code.environment import child_environment
from loop.errors import MissingExtra, ModelUnavailable

EXTRA_HINT = "pip install 'redraft[claude-code]'"

_PROGRAM = "claude.exe" if sys.platform == "win32" else "claude"
_USUAL_PLACES = (".local/bin", ".claude/local", ".npm-global/bin")
"""Where its installers put it, below the home folder, when that is not on the PATH."""
_PACKAGE = "claude_agent_sdk"
_SECONDS = 20.0


class Found(NamedTuple):
    """A Claude Code that can be started."""

    path: Path
    """The program."""
    where: str
    """`installed`, or `bundled` with the Python package."""


def found(environment: Mapping[str, str] | None = None) -> Found | None:
    """The Claude Code to use: the user's own, else the one that the Python package brings; None: none.

    The package is what speaks to either; without it there is none to use. Nothing is started or
    imported. Folders on the PATH that are relative don't count: a project's folder
    must not bring its own `claude`.
    """
    spec = find_spec(_PACKAGE)
    if spec is None:
        return None
    environment = os.environ if environment is None else environment
    folders = [Path(folder) for folder in environment.get("PATH", "").split(os.pathsep)]
    home = environment.get("HOME") or environment.get("USERPROFILE") or ""
    folders += [Path(home, place) for place in _USUAL_PLACES if home]
    whole = os.pathsep.join(str(folder) for folder in folders if folder.is_absolute())
    if installed := shutil.which(_PROGRAM, path=whole):
        return Found(Path(installed), "installed")
    for place in spec.submodule_search_locations or ():
        program = Path(place, "_bundled", _PROGRAM)
        if program.is_file():
            return Found(program, "bundled")
    return None


def signed_in(program: Path, environment: Mapping[str, str]) -> bool | None:
    """Whether it can ask Anthropic as somebody; None: it does not say. It is started, but no session is."""
    try:
        done = subprocess.run(
            [program, "auth", "status", "--json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env=child_environment(environment),
        )
        said = json.loads(done.stdout)["loggedIn"]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return None
    return said if isinstance(said, bool) else None


def sign_in(program: Path, environment: Mapping[str, str]) -> str:
    """What to type to sign in: by its path where the shell would not find it, or find another."""
    shells = shutil.which(_PROGRAM, path=environment.get("PATH", ""))
    name = "claude" if shells == str(program) else shlex.quote(str(program))
    return f"{name} auth login"


def required(environment: Mapping[str, str]) -> Path:
    """The program, when it and the Python package that speaks to it are there.

    Raises MissingExtra without the package, ModelUnavailable without the program.
    """
    if find_spec(_PACKAGE) is None:
        raise MissingExtra("Claude Code needs an optional package.", hint=EXTRA_HINT)
    program = found(environment)
    if program is None:
        raise ModelUnavailable(
            "Claude Code is not installed: there is no program “claude” on the PATH.",
            hint=f"{EXTRA_HINT}   brings it along.",
        )
    return program.path
