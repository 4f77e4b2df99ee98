"""Commits that no branch names yet: texts go into git byte for byte, through an index of their own."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from loop.adapters.files import bytes_of, path_parts
from loop.adapters.git_command import GitCommand
from loop.adapters.git_journal import WorkTree, index_lines
from loop.model import FileChange


class Stored(NamedTuple):
    """A file's new state as git knows it."""

    path: str
    """Path in the project."""
    mode: str
    """Git's file mode; the one that the file has on disk stays."""
    blob: str
    """Git's id of the new text; empty when the file goes."""


class Built(NamedTuple):
    """A commit that no branch names yet."""

    commit: str
    """Its id."""
    files: tuple[Stored, ...]
    """Its changed files, in the order of the changes."""


def build(git: GitCommand, tree: WorkTree, changes: Sequence[FileChange], text: str, parent: str) -> Built:
    """The commit of `changes` on top of `parent` (empty for none) with the message `text`.

    It is built in redraft's folder under git's; the caller holds the lock and tidies up.

    Unsigned: `commit-tree` asks no agent for a passphrase. Raises HistoryError, ProjectError.
    """
    index = {"GIT_INDEX_FILE": str(tree.own / "index")}
    files = _store(git, tree, changes)
    if parent:
        git("read-tree", parent, env=index)
    listed = files if parent else [file for file in files if file.blob]  # there is nothing to take away
    if listed:
        lines = index_lines(listed, tree.prefix, len(parent))
        git("update-index", "-z", "--index-info", stdin=lines, env=index)
    tree_id = git("write-tree", env=index).text
    parents = ("-p", parent) if parent else ()
    return Built(git("commit-tree", tree_id, *parents, stdin=text.encode("utf-8", "replace")).text, files)


def prepared_name(number: int) -> str:
    """The file in redraft's folder that holds the new text of the change with this number."""
    return f"text-{number}"


def _store(git: GitCommand, tree: WorkTree, changes: Sequence[FileChange]) -> tuple[Stored, ...]:
    """Give git the new texts, all to one process."""
    names = []
    for number, change in enumerate(changes):
        path_parts(change.path)
        if change.after is not None:
            name = tree.own / prepared_name(number)
            name.write_bytes(bytes_of(change.after, change.path))
            names.append(f"{name}\n")
    said = ""
    if names:
        words = ("hash-object", "-w", "--no-filters", "--stdin-paths")
        said = git(*words, stdin="".join(names).encode()).text
    blobs = iter(said.split("\n"))
    return tuple(
        Stored(change.path, _mode(tree.root / change.path), "" if change.after is None else next(blobs))
        for change in changes
    )


def _mode(place: Path) -> str:
    try:
        return "100755" if place.stat().st_mode & stat.S_IXUSR and os.name != "nt" else "100644"
    except OSError:
        return "100644"
