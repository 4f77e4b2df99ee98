"""Putting a text on the clipboard, and saying honestly by which way."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from loop.errors import ProjectError

_PROGRAMS = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("clip.exe",),
)
_ENCODINGS = {"clip.exe": "utf-16-le"}
"""What a program takes that does not take UTF-8: the one of Windows, as WSL calls it."""
_TMUX = ("tmux", "load-buffer", "-w", "-")
"""tmux keeps it, and hands it to its terminal whatever its settings say of programs inside."""
_SECONDS = 5
_MOST = 100_000
"""Characters after which terminals cut, or drop, what is sent to their clipboard."""
_PIECE = 512
"""Characters that screen passes on at a time."""


def copy(text: str, write: Callable[[str], None] | None) -> str:
    """Copy the text; return what was done, as a sentence.

    A program of this computer is best; over SSH its clipboard is not the writer's, so the terminal is asked
    (`write` puts something on it; None where there is none). It gives no answer: the text lies in a file too.
    Raises ProjectError when there is no way at all.
    """
    remote = bool(os.environ.get("SSH_TTY") or os.environ.get("SSH_CONNECTION"))
    for argv in () if remote else _PROGRAMS:
        if _ran(argv, text):
            return f"Copied to the clipboard ({argv[0]})."
    if os.environ.get("TMUX") and _ran(_TMUX, text):
        return f"Copied in tmux, which hands it to your terminal; not every terminal takes it. {_kept(text)}"
    sequence = _sequence(text)
    if write is None:
        return f"No clipboard was found. {_kept(text)}"
    if len(sequence) > _MOST:
        return f"This is too long for the terminal's clipboard. {_kept(text)}"
    write(sequence)
    return f"Sent to your terminal's clipboard; not every terminal takes it. {_kept(text)}"


def _ran(argv: tuple[str, ...], text: str) -> bool:
    if shutil.which(argv[0]) is None:
        return False
    try:
        subprocess.run(
            argv,
            input=text.encode(_ENCODINGS.get(argv[0], "utf-8"), "replace"),
            check=True,
            timeout=_SECONDS,
            stdout=subprocess.DEVNULL,  # xclip stays behind, and would hold a pipe open
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _sequence(text: str) -> str:
    """OSC 52, as a terminal, or what stands between it and us, passes it on."""
    code = base64.b64encode(text.encode("utf-8", "replace")).decode()
    sequence = f"\033]52;c;{code}\a"
    if os.environ.get("TMUX"):
        return f"\033Ptmux;\033{sequence}\033\\"
    if os.environ.get("STY"):
        pieces = (sequence[at : at + _PIECE] for at in range(0, len(sequence), _PIECE))
        return "".join(f"\033P{piece}\033\\" for piece in pieces)
    return sequence


def _kept(text: str) -> str:
    """Keep the text in a file for whoever's clipboard stays empty; say where."""
    from platformdirs import user_state_path

    path: Path = user_state_path("redraft", appauthor=False) / "copied.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8", errors="replace", newline="")
    except OSError as error:
        raise ProjectError(
            f"The text could not be copied for certain: {path} cannot be written ({error.strerror}).",
            hint="Select it with the mouse while you hold Shift, or install xclip or wl-copy.",
        ) from error
    return f"The text is in {path}."
