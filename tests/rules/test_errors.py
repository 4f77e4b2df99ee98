"""Every error has an exit code of its own kind, and the codes are the documented ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loop import errors
from loop.cli.exits import BUG, EXIT_CODES, HUNG_UP, INTERRUPTED, TERMINATED, code_of

DOCUMENTED = {
    errors.UsageError: 2,
    errors.ConfigError: 2,
    errors.ProjectError: 3,
    errors.HistoryError: 4,
    errors.ModelError: 5,
    errors.ProposalRejected: 6,
    errors.NotReady: 6,
    errors.MissingExtra: 7,
    errors.TrainingError: 8,
}


def kinds(base: type[errors.RedraftError]) -> Iterator[type[errors.RedraftError]]:
    yield base
    for kind in base.__subclasses__():
        yield from kinds(kind)


OWN = [kind for kind in kinds(errors.RedraftError) if kind.__module__ == errors.__name__]
"""An adapter may tell its own kinds apart inside; outside they are what they are kinds of."""


@pytest.mark.parametrize("kind", OWN)
def test_every_error_has_an_exit_code(kind: type[errors.RedraftError]) -> None:
    assert kind in EXIT_CODES


@pytest.mark.parametrize(("base", "code"), DOCUMENTED.items())
def test_an_error_exits_with_the_code_of_its_family(base: type[errors.RedraftError], code: int) -> None:
    assert {code_of(kind("What happened.", "what to type")) for kind in kinds(base)} == {code}


def test_a_bug_and_an_interruption_are_told_from_errors() -> None:
    assert not {0, BUG, HUNG_UP, INTERRUPTED, TERMINATED} & set(EXIT_CODES.values())
    assert (HUNG_UP, INTERRUPTED, TERMINATED) == (129, 130, 143)


def test_an_error_is_a_sentence_and_a_hint() -> None:
    error = errors.UsageError("There is no brief “x”.", "redraft status")
    assert (str(error), error.message, error.hint) == (
        "There is no brief “x”.",
        "There is no brief “x”.",
        "redraft status",
    )
