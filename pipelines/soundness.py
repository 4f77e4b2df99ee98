"""Whether a check makes sense for its kind."""

from __future__ import annotations

from collections.abc import Iterator

from loop.errors import ConfigError
from loop.model import Check
from pipelines.mending.phrases import compiled, missing_group, name_of

_PER_UNIT = frozenset(("sentence_words", "paragraph_sentences", "piece_words"))
_EXTRA = {
    "replace": ("measure", "low", "high", "fix"),
    "forbid": ("text", "variant", "measure", "low", "high"),
    "require": ("find", "pattern", "variant", "measure", "low", "high", "fix"),
    "limit": ("find", "pattern", "text", "variant", "place", "fix"),
}
"""Keys that say nothing to a check of the kind: most likely the kind is wrong."""


def require_sound(check: Check) -> None:
    """Raise ConfigError when the check lacks what its kind needs, or its pattern is invalid."""
    for key, problem, hint in problems(check):
        raise ConfigError(f"{name_of(check).capitalize()}: {key}: {problem}.", hint=hint)


def problems(check: Check) -> Iterator[tuple[str, str, str]]:
    """(key, what is wrong, hint) for everything that makes no sense. Raises ConfigError for a bad pattern."""
    for key in _EXTRA[check.kind]:
        if getattr(check, key) != Check.model_fields[key].default:
            yield (
                key,
                f"a check of the kind “{check.kind}” has no use for it",
                "Remove it, or change the kind.",
            )
    if check.kind == "limit":
        yield from _limit(check)
    elif check.kind == "require":
        if not check.text.strip():
            yield "text", "what must be said is missing", 'Add for example text = "Thanks for reading."'
    elif check.variant is not None:
        if check.find or check.text or check.pattern:
            yield (
                "variant",
                "a variant brings its own words",
                "Remove `find`, `text` and `pattern`, or `variant`.",
            )
    else:
        yield from _words(check)


def _words(check: Check) -> Iterator[tuple[str, str, str]]:
    if not check.find.strip():
        yield "find", "the words to look for are missing", 'Add for example find = "utilize"'
    elif check.pattern:
        pattern = compiled(check.find, name_of(check))
        missing = missing_group(pattern, check.text)
        if missing:
            yield "text", f"the pattern has no group {missing}", "Put brackets around that part of `find`."
    if check.kind == "replace" and not check.text.strip():
        yield (
            "text",
            "the words to put there are missing",
            'Add `text`; to take words out, use kind = "forbid" with fix = "phrase".',
        )


def _limit(check: Check) -> Iterator[tuple[str, str, str]]:
    if check.measure is None:
        yield "measure", "what is counted is missing", 'Add for example measure = "sentence_words"'
        return
    if check.low is None and check.high is None:
        yield "high", "a limit needs `low`, `high` or both", "Add for example high = 20"
    for key, bound in (("low", check.low), ("high", check.high)):
        if bound is not None and not 0 <= bound < float("inf"):
            yield key, "a bound is a number from 0 up", f"Mend `{key}`."
    if check.measure in _PER_UNIT and check.high is not None and check.high < 1:
        yield "high", f"{check.measure} can't be less than 1", "Take a number from 1 up."
    if check.low is not None and check.high is not None and check.low > check.high:
        yield "low", f"low ({check.low:g}) is above high ({check.high:g})", "Swap the two."
