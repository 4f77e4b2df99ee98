"""What a writer says is about the draft that they saw, and no other."""

from __future__ import annotations

from shlex import quote

from loop.errors import UsageError
from loop.model import Draft, content_id


def refuse_another(draft: Draft, seen: str, unkept: str) -> None:
    """Raise UsageError for a draft that is not the one which was seen.

    `seen` is its `draft_id`, `unkept` what was not kept: `your text was`.
    """
    if content_id(draft.text) != seen:
        raise UsageError(
            f"The draft of “{draft.brief}” is another one now, so {unkept} not kept.",
            hint=f"redraft show {quote(draft.brief)}   shows the new one",
        )
