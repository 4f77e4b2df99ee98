"""The lines of a stream that LiteLLM reads by itself, looked at before it passes over what it cannot read.

Its readers skip a line that is no JSON, and the one for Gemini says `stop` with every piece: a reply
that lost a line, or its end, would look whole.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

_ENDS = ('"finishReason"', '"blockReason"')
"""Keys with which Gemini says that it is done; inside of a text their quotation marks are escaped."""


class Lines:
    """Watches one stream, if LiteLLM reads its lines itself; other packages look for themselves."""

    def __init__(self, stream: Any) -> None:
        self._gemini: Any = None
        self._ended = False
        make = getattr(stream, "make_call", None)
        if stream.completion_stream is not None or make is None:
            self._watch(stream.completion_stream)
            return

        async def made(**how: Any) -> Any:
            reader = await make(**how)
            self._watch(reader)
            return reader

        stream.make_call = made  # the question is sent when the first piece is wanted

    @property
    def whole(self) -> bool:
        """False when the stream is over, and what it said does not show that the reply is."""
        return self._gemini is None or self._ended

    @property
    def readable(self) -> bool:
        """False when something is left over that made no sense."""
        return self._gemini is None or not self._gemini.accumulated_json.strip()

    def _watch(self, reader: Any) -> None:
        lines = getattr(reader, "streaming_response", None)
        if not hasattr(lines, "__aiter__"):
            return
        if hasattr(reader, "accumulated_json"):
            self._gemini = reader
        reader.streaming_response = self._seen(lines)

    async def _seen(self, lines: Any) -> AsyncGenerator[Any, None]:
        """The same lines. Raises ValueError for one that LiteLLM would skip."""
        try:
            async for line in lines:
                if isinstance(line, str):
                    self._look(line)
                yield line
        finally:
            if (close := getattr(lines, "aclose", None)) is not None:
                await close()

    def _look(self, line: str) -> None:
        if self._gemini is not None:  # its reader puts together what is spread over several lines
            self._ended = self._ended or any(end in line for end in _ENDS)
            return
        data = line.removeprefix("data:").strip()
        if line.startswith("data:") and data not in {"", "[DONE]"}:
            json.loads(data)
