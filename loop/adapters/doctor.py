"""Looks at what redraft needs on this computer, and says what to type where something is missing."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from loop.adapters.claude_code import found, sign_in, signed_in
from loop.adapters.keys import VARIABLES
from loop.adapters.models.embedded.modelfiles import FETCH, SMOLLM2, Places, check_whole, find, is_intact
from loop.adapters.process import why_not_started
from loop.errors import ModelUnavailable

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "litellm": ("litellm",),
    "claude-code": ("claude_agent_sdk",),
    "keyring": ("keyring",),
    "train": ("torch", "transformers", "peft"),
}
"""Optional parts of redraft -> the packages they bring."""
_OLDEST_PYTHON = (3, 11)
_OLDEST_GIT = (2, 25)
_FREE_BYTES = 1_000_000_000
_GIT_SECONDS = 10


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    """What it is."""
    fine: bool | None
    """None: optional, and not there."""
    says: str
    """What was found, and what to type if something is missing."""


def findings(where: Places, environ: Mapping[str, str]) -> Sequence[Finding]:
    """Everything, in the order in which it is needed."""
    folder = where.own.parent
    return [
        python(sys.version_info[:3]),
        git(shutil.which("git", path=environ.get("PATH"))),
        engine(),
        model(where),
        writable(folder),
        space(folder),
        editor(environ),
        *keys(environ),
        *claude_code(environ),
        *(optional_part(name, packages) for name, packages in EXTRAS.items()),
    ]


def python(found: tuple[int, ...]) -> Finding:
    """The interpreter."""
    says = ".".join(str(part) for part in found)
    if found >= _OLDEST_PYTHON:
        return Finding("Python", True, f"{says} ({sys.executable})")
    return Finding("Python", False, f"{says} is too old: install Python 3.11 or newer")


def git(program: str | None) -> Finding:
    """The program that keeps the history."""
    needed = ".".join(str(part) for part in _OLDEST_GIT)
    if program is None:
        return Finding("git", False, f"not found: install git {needed} or newer")
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=_GIT_SECONDS, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        why = why_not_started(error) if isinstance(error, OSError) else "it does not say its version"
        return Finding("git", False, f"{program} does not run: {why}; install git {needed} or newer")
    numbers = re.search(r"(\d+)\.(\d+)", said)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < _OLDEST_GIT:
        return Finding("git", False, f"{said} is too old: install git {needed} or newer")
    return Finding("git", True, f"{said} ({program})")


def engine() -> Finding:
    """The library that runs the embedded model: it is really loaded, since it is native code."""
    repair = "type: pip install --force-reinstall xllamacpp"
    try:
        import xllamacpp
    except ModuleNotFoundError:
        return Finding("model engine", False, "xllamacpp is not installed; type: pip install xllamacpp")
    except (ImportError, OSError) as error:  # the name of the missing library is what helps
        return Finding("model engine", False, f"xllamacpp cannot be loaded ({error}); {repair}")
    return Finding("model engine", True, f"xllamacpp {xllamacpp.__version__}")


def model(where: Places) -> Finding:
    """The embedded model's file, read whole."""
    try:
        path = find(where)
        check_whole(path)
    except ModelUnavailable as error:
        return Finding("embedded model", False, f"{error.message} Type: {error.hint}")
    if path.name != SMOLLM2.file:
        return Finding("embedded model", True, f"{path} (your own choice; its SHA-256 is not known here)")
    if not is_intact(path):
        return Finding("embedded model", False, f"{path} is damaged: its SHA-256 is wrong. Type: {FETCH}")
    return Finding("embedded model", True, f"{path} (SHA-256 is right)")


def writable(folder: Path) -> Finding:
    """Whether models can be stored; the nearest folder that exists is tried, and left as it was."""
    there = _nearest(folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return Finding(
            "user folder", False, f"{there} cannot be written ({error.strerror}): change its owner"
        )
    return Finding("user folder", True, str(folder))


def space(folder: Path, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> Finding:
    """Room on the disk that holds the models."""
    found = free(_nearest(folder))
    says = f"{found / 1e9:.1f} GB free"
    if found >= _FREE_BYTES:
        return Finding("disk space", True, says)
    return Finding(
        "disk space", False, f"{says}: free at least {_FREE_BYTES / 1e9:.0f} GB for models and drafts"
    )


def editor(environ: Mapping[str, str]) -> Finding:
    """What `redraft correct` opens."""
    for variable in ("VISUAL", "EDITOR"):
        if command := environ.get(variable, "").strip():
            try:
                program = shlex.split(command)[0]
            except ValueError:
                return Finding("editor", False, f"${variable} has an open quote: {command}")
            if shutil.which(program, path=environ.get("PATH")) is None:
                return Finding("editor", False, f"${variable} names {program}, which is not found")
            return Finding("editor", True, f"{command} (from ${variable})")
    return Finding("editor", None, "none is set; for `redraft correct` type, for example: export EDITOR=nano")


def keys(environ: Mapping[str, str]) -> list[Finding]:
    """Which keys are set, by name; what they are is nobody's business."""
    found = [variable for variable in VARIABLES.values() if environ.get(variable)]
    if not found:
        return [Finding("keys", None, "none is set, and none is needed (see: redraft key list)")]
    return [Finding("key", True, f"{variable} is set") for variable in found]


def claude_code(environ: Mapping[str, str]) -> list[Finding]:
    """Whether Claude Code is signed in; nothing where it is not installed."""
    program = found(environ)
    if program is None:
        return []
    line = sign_in(program.path, environ)
    there = signed_in(program.path, environ)
    says = {
        True: f"signed in ({program.path})",
        False: f"not signed in; if you have a subscription, type: {line}",
        None: f"whether it is signed in, it does not say; if it is not, type: {line}",
    }
    return [Finding("Claude Code", there or None, says[there])]


def optional_part(name: str, packages: Sequence[str]) -> Finding:
    """An optional part of redraft; nothing of it is imported."""
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        says = f"not installed ({', '.join(missing)}); if you want it: pip install 'redraft[{name}]'"
        return Finding(f"extra {name}", None, says)
    says = ", ".join(f"{package} {_version(package)}" for package in packages)
    return Finding(f"extra {name}", True, says)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"


def _nearest(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    return next(place for place in (folder, *folder.parents) if place.is_dir())
