"""Events as words, while a verb is at work."""

from __future__ import annotations

from loop.events import BriefFailed, Committed, DraftReady, Event, Note, Progress, StepStarted
from loop.model import Usage
from loop.render.timing import TimeLeft


class Teller:
    """What one verb tells, in words; what many briefs say alike is said in full only once."""

    def __init__(self) -> None:
        self._time_left = TimeLeft()
        self._told: set[str] = set()
        """What was said of briefs that failed, and what to type."""
        self._progress: Progress | None = None
        """What was told last of how far it is: work that goes on beyond its count says nothing new."""

    def words(self, event: Event) -> str:
        """What a person reads; nothing for a piece of a draft, or for what was said just now."""
        match event:
            case StepStarted():
                return f"{event.brief}: {event.step} ({event.number}/{event.of})"
            case DraftReady():
                take = f", take {event.take}" if event.take else ""
                return f"{event.brief}{take}: {event.words} words{_cost(event.usage)}"
            case BriefFailed():
                return f"{event.brief}: {self._why(event)}"
            case Progress():
                return self._how_far(event)
            case Note():
                return ("! " if event.level == "warning" else "") + event.message
            case Committed():
                return f"kept: {event.subject} ({event.sha[:7]})"
            case _:
                return ""

    def _why(self, failed: BriefFailed) -> str:
        """What went wrong and what to type."""
        message = "the same." if failed.message in self._told else failed.message
        hint = f"\n  → {failed.hint}" if failed.hint and failed.hint not in self._told else ""
        self._told |= {failed.message, failed.hint}
        return f"{message}{hint}"

    def _how_far(self, event: Progress) -> str:
        if event == self._progress:
            return ""
        self._progress = event
        share = f"{event.done}/{event.of}" if event.of else str(event.done)
        left = self._time_left.of(event)
        return f"{event.what}: {share} {event.unit}".rstrip() + (f", {left}" if left else "")


def _cost(usage: Usage) -> str:
    """What a draft cost, and what of it the provider had kept; nothing for a free one."""
    if not usage.usd:
        return ""
    kept = usage.cache_read_tokens
    of = f", {kept:,} of {usage.input_tokens:,} tokens read from the provider's cache" if kept else ""
    return f", ${usage.usd:.4f}{of}"
