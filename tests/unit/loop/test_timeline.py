"""Undo and redo over a log that only grows behave like those of an editor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import UsageError
from loop.model import LogEntry
from loop.timeline import find_version, plan_redo, plan_undo

ACTIONS = st.lists(st.sampled_from(["change", "undo", "redo"]), max_size=40)


def entry(number: int, verb: str, **trailers: str) -> LogEntry:
    return LogEntry(
        sha=f"{number:040x}",
        parent=f"{number - 1:040x}" if number else "",
        author="Ann Lee",
        when="2026-01-01T12:00:00+00:00",
        verb=verb,
        subject=f"entry {number}",
        trailers=trailers,
    )


class Log:
    """A log as the verbs write it, and the guidance text after each entry."""

    def __init__(self) -> None:
        self.entries = [entry(0, "new")]
        self.texts = ["text 0"]

    def change(self, verb: str = "decide") -> None:
        number = len(self.entries)
        self.entries.insert(0, entry(number, verb))
        self.texts.append(f"text {number}")

    def undo(self) -> None:
        taken = plan_undo(self.entries)
        self._restore("undo", taken.parent, Undoes=taken.sha)

    def redo(self) -> None:
        back = plan_redo(self.entries)
        self._restore("redo", back.sha, Redoes=back.sha)

    def _restore(self, verb: str, source: str, **trailers: str) -> None:
        self.entries.insert(0, entry(len(self.entries), verb, **trailers))
        self.texts.append(self.texts[int(source, 16)])


@given(ACTIONS)
def test_any_row_of_changes_undos_and_redos_ends_where_an_editor_would(actions: list[str]) -> None:
    log = Log()
    past: list[str] = []
    future: list[str] = []
    now = "text 0"
    for action in actions:
        if action == "change":
            log.change()
            past, now, future = [*past, now], log.texts[-1], []
        elif action == "undo" and past:
            log.undo()
            past, now, future = past[:-1], past[-1], [*future, now]
        elif action == "redo" and future:
            log.redo()
            past, now, future = [*past, now], future[-1], future[:-1]
        else:
            with pytest.raises(UsageError, match=f"nothing to {action}"):
                log.undo() if action == "undo" else log.redo()
        assert log.texts[-1] == now


@given(st.integers(1, 12))
def test_as_many_redos_bring_back_what_as_many_undos_took(count: int) -> None:
    log = Log()
    for _ in range(count):
        log.change()
    for _ in range(count):
        log.undo()
    assert log.texts[-1] == "text 0"
    for _ in range(count):
        log.redo()
    assert log.texts[-1] == f"text {count}"


def test_the_writers_own_edit_and_a_rollback_can_be_undone() -> None:
    for verb in ("edit", "rollback", "recall", ""):
        log = Log()
        log.change(verb)
        assert plan_undo(log.entries).sha == log.entries[0].sha


def test_what_came_before_the_project_cannot_be_undone() -> None:
    adopted = [entry(2, "new"), entry(1, ""), entry(0, "")]
    with pytest.raises(UsageError, match="nothing to undo"):
        plan_undo(adopted)
    with pytest.raises(UsageError, match="nothing to undo"):
        plan_undo([entry(0, "edit")])
    with pytest.raises(UsageError, match="nothing to undo"):
        plan_undo([])
    assert plan_undo([entry(3, "decide"), *adopted]).sha == entry(3, "").sha


def test_an_undo_of_something_else_is_a_change_like_any_other() -> None:
    log = [entry(2, "undo", Undoes="f" * 40), entry(1, "decide"), entry(0, "new")]
    assert plan_undo(log).sha == log[0].sha
    with pytest.raises(UsageError):
        plan_redo(log)


def versions() -> list[LogEntry]:
    return [
        entry(3, "undo", Version="abcd11112222"),
        entry(2, "decide", Version="abce33334444"),
        entry(1, "decide", Version="abcd11112222"),
        LogEntry.model_validate(entry(0, "new", Version="").model_dump() | {"sha": "abcd9999" + "0" * 32}),
    ]


def test_a_version_is_found_by_its_beginning_and_the_newest_entry_wins() -> None:
    assert find_version(versions(), "abcd").sha == entry(3, "").sha
    assert find_version(versions(), "ABCE3").sha == entry(2, "").sha
    assert find_version(versions(), "abcd9").sha.startswith("abcd9999")


def test_a_name_that_fits_several_versions_lists_them() -> None:
    several = [entry(2, "decide", Version="abcd1111"), entry(1, "decide", Version="abcd2222")]
    with pytest.raises(UsageError, match="fits 2 versions") as refusal:
        find_version(several, "abcd")
    assert "abcd1111 (entry 2), abcd2222 (entry 1)" in refusal.value.hint


@pytest.mark.parametrize("name", ["", "abc", "HEAD~2", "zzzz", "-x", "ffff", "abcd.*"])
def test_a_name_that_is_no_version_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no version"):
        find_version(versions(), name)
