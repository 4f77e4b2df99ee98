"""Two versions of a prompt file, compared: what changed, as groups of operations on paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from loop.model import Operation
from pipelines.differences import Differences, Group, quoted
from pipelines.paragraphs import paragraphs_of


class _Change(NamedTuple):
    """One stretch that differs: paragraphs that went, and those that came behind a third."""

    gone: tuple[str, ...]
    come: tuple[str, ...]
    behind: str
    """Empty: they stand at the beginning."""
    following: str
    """The paragraph that follows; empty for none."""


def of_prompt(path: str, before: str, after: str) -> Differences:
    """What changed in one prompt file; blank lines and line ends don't count."""
    old, new = paragraphs_of(before), paragraphs_of(after)
    if not new:
        return Differences(refused=(f"{path} was emptied, and is left as it was.",))
    if len(old) > 1 and not set(old) & set(new):
        return Differences(refused=(f"{path} was written anew as a whole, and is left as it was.",))
    groups = [_group(path, changes) for changes in _together(list(_changes(old, new)))]
    return Differences(tuple(groups))


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[_Change]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            behind = new[j1 - 1] if j1 else ""
            following = old[i2] if i2 < len(old) else ""
            yield _Change(tuple(old[i1:i2]), tuple(new[j1:j2]), behind, following)


def _together(changes: list[_Change]) -> Iterator[tuple[_Change, ...]]:
    """What was moved goes and comes: both or neither."""
    left = list(changes)
    while left:
        first = left.pop(0)
        partner = next(
            (
                other
                for other in left
                if not (first.gone and first.come) and (other.gone, other.come) == (first.come, first.gone)
            ),
            None,
        )
        if partner is None:
            yield (first,)
        else:
            left.remove(partner)
            yield (first, partner) if first.gone else (partner, first)


def _group(path: str, changes: tuple[_Change, ...]) -> Group:
    shown = changes[0].gone or changes[0].come
    what = "move" if len(changes) > 1 else "change" if changes[0].gone else "new paragraph"
    name = f"The {what} {'of ' if changes[0].gone else ''}{quoted(shown[0])} in {path}"
    return Group(name, tuple(one for change in changes for one in _operations(path, change)))


def _operations(path: str, change: _Change) -> Iterator[Operation]:
    pairs = min(len(change.gone), len(change.come))
    behind = change.behind
    come = list(change.come)
    if not change.gone and not behind:
        # Nothing can be put in front of the first paragraph: it is written over, and put behind.
        yield _operation("replace", path, change.following, come[0])
        come = [*come, change.following]
        behind, pairs = come[0], 1
    for old, text in zip(change.gone, change.come, strict=False):
        yield _operation("replace", path, old, text)
        behind = text
    for old in change.gone[pairs:]:
        yield Operation(action="delete", target="prompt", id=path, old=old)
    for text in come[pairs:]:
        yield _operation("insert", path, behind, text)
        behind = text


def _operation(action: str, path: str, old: str, text: str) -> Operation:
    return Operation.model_validate(
        {"action": action, "target": "prompt", "id": path, "old": old, "text": text}
    )
