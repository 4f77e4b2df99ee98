"""One git command at a time: commands through GitPython's wrapper, what is only read as a plain pipe.

Every call is a fresh process, so nothing leaks and nothing is kept; the wrapper's object model is
never used. Importing it costs more than `redraft log` may take (docs/decisions.md 21), so a reading
goes without it. The user's hooks do not run, and an identity that git only guessed is no identity.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from loop.errors import HistoryError, UnknownWriter

if TYPE_CHECKING:
    from git.cmd import Git

OLDEST_GIT = (2, 25)
"""Ubuntu 20.04's; what is older lacks options that are used here."""

_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "i18n.commitEncoding": "UTF-8",
    "i18n.logOutputEncoding": "UTF-8",
    "log.follow": "false",
    "log.showSignature": "false",
    "user.useConfigOnly": "true",
}
_OPTIONS = tuple(word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}"))
_ENVIRONMENT = {
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_KEPT = re.compile(
    r"GIT_(?:(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL)|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)|EXEC_PATH|PYTHON_\w+)"
)
_CHUNK = 1 << 16
if sys.platform == "win32":
    _NO_WINDOW = subprocess.CREATE_NO_WINDOW
else:
    _NO_WINDOW = 0


class Output(NamedTuple):
    """What a git command said."""

    status: int
    """Its exit code; 0 is success."""
    data: bytes
    """Its standard output."""
    complaint: str
    """Its standard error."""

    @property
    def text(self) -> str:
        """The output as text, without the last line break."""
        return self.data.decode("utf-8", "surrogateescape").removesuffix("\n")


class GitCommand:
    """Runs git in one folder; one call at a time."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._wrapper: Git | None = None

    def __call__(
        self, *words: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None
    ) -> Output:
        """Run `git <words>` and raise HistoryError if it fails."""
        output = self.ask(*words, stdin=stdin, env=env)
        if output.status != 0:
            raise explained(words, output.complaint, self.folder)
        return output

    def ask(self, *words: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> Output:
        """Run `git <words>` whatever its exit code; the caller knows what a failure means."""
        if stdin is None:
            return Output(*self._execute(words, env, with_extended_output=True))
        import tempfile

        with tempfile.TemporaryFile() as feed:  # the wrapper wants a real file
            feed.write(stdin)
            feed.seek(0)
            return Output(*self._execute(words, env, istream=feed, with_extended_output=True))

    def read(self, *words: str) -> bytes:
        """The whole output of `git <words>`, which changes nothing. Raises HistoryError if it fails."""
        return b"".join(self.stream(*words))

    def stream(self, *words: str, env: Mapping[str, str] | None = None) -> Iterator[bytes]:
        """The output of `git <words>`, piece by piece; git is ended when nobody listens any more."""
        self._refuse_no_folder()
        try:
            process = subprocess.Popen(
                ["git", *_OPTIONS, *words],
                cwd=self.folder,
                env={**os.environ, **_ENVIRONMENT, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                creationflags=_NO_WINDOW,
            )
        except (OSError, ValueError) as error:
            raise _not_started(error) from error
        with process:
            output, errors = cast("tuple[IO[bytes], IO[bytes]]", (process.stdout, process.stderr))
            complaint: list[bytes] = []
            # Beside the output: git waits when nobody takes its complaints.
            listener = threading.Thread(target=lambda: complaint.append(errors.read()), daemon=True)
            listener.start()
            try:
                while piece := output.read(_CHUNK):
                    yield piece
            except BaseException:
                process.kill()
                raise
            finally:
                listener.join()
        if process.returncode != 0:
            raise explained(words, b"".join(complaint).decode("utf-8", "replace"), self.folder)

    def _execute(self, words: Sequence[str], env: Mapping[str, str] | None, **wanted: Any) -> Any:
        self._refuse_no_folder()  # else the wrapper would run somewhere else
        wrapper = self._open()
        from git.exc import GitError

        try:
            return wrapper.execute(
                ["git", *_OPTIONS, *words],
                env={**_ENVIRONMENT, **(env or {})},
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                **wanted,
            )
        except (GitError, OSError, ValueError) as error:
            raise _not_started(error) from error

    def _refuse_no_folder(self) -> None:
        if not os.access(self.folder, os.R_OK | os.X_OK):
            raise HistoryError(f"There is no folder {self.folder}.", hint="Check the path you gave.")

    def _open(self) -> Git:
        if self._wrapper is None:
            try:
                from git.cmd import Git
            except ImportError as error:  # the wrapper looks for git when it is imported
                raise HistoryError(_MISSING, hint=_INSTALL) from error
            self._wrapper = Git(self.folder)
        return self._wrapper

    def refuse_old(self) -> None:
        """Raise HistoryError when the installed git is too old."""
        said = self("version").text
        found = re.search(r"(\d+)\.(\d+)", said)
        if found is None or (int(found[1]), int(found[2])) < OLDEST_GIT:
            raise HistoryError(
                f"This git is too old: {said}.",
                hint=f"Install git {'.'.join(map(str, OLDEST_GIT))} or newer: https://git-scm.com",
            )


_MISSING = "Git is not installed, or not on the PATH."
_INSTALL = "Install git: https://git-scm.com, or with your package manager: apt install git, brew install git"

IDENTITY_HINT = (
    'Tell git who you are: git config --global user.name "Your Name"; '
    'git config --global user.email "you@example.org" '
    '(or for a new project: redraft new --author "Your Name <you@example.org>")'
)


def explained(words: Sequence[str], complaint: str, folder: str) -> HistoryError:
    """What git complained about, as a sentence for a writer."""
    for pattern, message, hint in _KNOWN:
        if found := re.search(pattern, complaint, re.IGNORECASE):
            named = {"folder": folder, "file": found.groupdict().get("file") or folder}
            kind = UnknownWriter if hint is IDENTITY_HINT else HistoryError
            return kind(message.format(**named), hint=hint.format(**named))
    said = complaint.strip().splitlines() or ["nothing"]
    first = next((line for line in said if line.startswith(("fatal:", "error:"))), said[0])
    return HistoryError(
        f"Git refused “{words[0]}”: {first.removeprefix('fatal: ').removeprefix('error: ')}",
        hint=f"Look at the repository: git -C {folder} status",
    )


_KNOWN = (
    (r"not a git repository", "{folder} is not in a git repository.", "git init"),
    (
        r"dubious ownership",
        "Git does not trust {folder}: it belongs to another user.",
        "git config --global --add safe.directory {folder}",
    ),
    (
        r"must be run in a work tree",
        "{folder} is git's own storage, without your files.",
        "Go to the folder that holds your texts: redraft -C FOLDER status",
    ),
    (
        r"tell me who you are|empty ident|no (?:email|name) was given|unable to auto-detect|ident name",
        "Git does not know your name and address yet.",
        IDENTITY_HINT,
    ),
    (
        r"no space left|out of disk ?space|disk quota exceeded|file too large",
        "There is no space left on the disk of {folder}.",
        "Free some space and run the command again; nothing was changed.",
    ),
    (
        r"read-only file system|permission denied|insufficient permission",
        "Git may not write in {folder}: it is protected.",
        "Check who owns it and whether the disk is read-only: ls -l",
    ),
    (
        r"'(?P<file>[^']+\.lock)': File exists",
        "Another git program is at work in {folder}.",
        "Wait until it is done. If none runs, delete what it left behind: {file}",
    ),
)


def scrub_environment() -> None:
    """Remove from this process what would point git elsewhere (GIT_DIR, GIT_INDEX_FILE, ...).

    The wrapper hands its own environment on and cannot unset a name. Identity, the place of the
    user's settings and of git itself stay.
    """
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        if not _KEPT.fullmatch(name):
            del os.environ[name]
    if sys.platform == "win32":  # no git.exe that lies in a project
        os.environ.setdefault("NoDefaultCurrentDirectoryInExePath", "1")


def _not_started(error: Exception) -> HistoryError:
    cause = error.__cause__ or error  # the wrapper's own error says what it came of
    if isinstance(cause, FileNotFoundError):
        return HistoryError(_MISSING, hint=_INSTALL)
    from loop.adapters.process import why_not_started  # loads asyncio, which `log` does without

    return HistoryError(f"Git could not be started: {why_not_started(cause)}.", hint=_INSTALL)
