"""Whether a prompt can be written down as bytes."""

from __future__ import annotations

from loop.errors import UsageError
from loop.model import ModelRequest


def check_text(request: ModelRequest) -> None:
    """Raise UsageError for half a character: a surrogate without its other half."""
    for turn in request.messages:
        try:
            turn.content.encode("utf-8")
        except UnicodeEncodeError as error:
            raise UsageError(
                f"The prompt has half a character at position {error.start}: {turn.content[error.start]!r}.",
                hint="Remove that character from the brief or the style guide.",
            ) from error
