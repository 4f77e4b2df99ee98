"""The difference of two guidances as unified diffs, with counts."""

from __future__ import annotations

from collections.abc import Mapping

from loop.model import Record


class FileDiff(Record):
    """One file that differs."""

    path: str
    """The file."""
    before: str | None
    """The old text; None when it is new."""
    after: str | None
    """The new text; None when it is gone."""
    unified: str
    """The unified diff."""
    added: int
    """Lines added."""
    removed: int
    """Lines removed."""


def diff_files(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FileDiff, ...]:
    """Every file that differs, sorted by path; prompt files are lines, so difflib is right here."""
    from unidiff.patch import PatchSet

    found = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        unified = _unified(path, old, new)
        patch = PatchSet(unified)
        found.append(
            FileDiff(
                path=path,
                before=old,
                after=new,
                unified=unified,
                added=patch.added,
                removed=patch.removed,
            )
        )
    return tuple(found)


def _unified(path: str, old: str | None, new: str | None) -> str:
    import difflib  # `log` names FileDiff at every start

    lines = difflib.unified_diff(
        _lines(old),
        _lines(new),
        "/dev/null" if old is None else f"a/{path}",
        "/dev/null" if new is None else f"b/{path}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str | None) -> list[str]:
    """Lines split at LF only: difflib must not see a line end in U+2028 or a form feed."""
    if not text:
        return []
    pieces = text.split("\n")
    return [f"{piece}\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
