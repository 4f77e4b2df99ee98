"""What is asked of a language model, and what it answers."""

from __future__ import annotations

from typing import Literal

from loop.model.record import Record


class Message(Record):
    """One turn of a conversation with a model."""

    role: Literal["system", "user", "assistant"]
    """Who speaks."""
    content: str
    """What is said, as plain text."""
    stable: int = 0
    """So many code points at its beginning are the same in many requests: a provider may keep them."""


class ModelRequest(Record):
    """One question to a language model, with everything that shapes the answer."""

    messages: tuple[Message, ...]
    """The conversation so far, oldest first."""
    model: str = ""
    """Who is asked, as redraft.toml names models; empty: the project's model."""
    answer: str = ""
    """The JSON Schema (as JSON) that the reply must follow, if the model can be held to it; empty: prose."""
    max_tokens: int = 512
    """The most tokens the reply may have."""
    temperature: float = 0.7
    """0 is greedy; higher is more varied."""
    top_p: float = 0.95
    """Nucleus sampling: the share of probability that is kept."""
    seed: int = 0
    """Same request, same model, same seed: same reply (where the model can promise it)."""
    stop: tuple[str, ...] = ()
    """Strings that end the reply."""


class Usage(Record):
    """What answering cost."""

    calls: int = 0
    """Questions that reached a model (answers from the cache count as none)."""
    input_tokens: int = 0
    """Tokens read by the model, those from a provider's cache among them."""
    output_tokens: int = 0
    """Tokens written by the model."""
    usd: float = 0.0
    """Money in US dollars; 0 for a local model."""
    cache_read_tokens: int = 0
    """Of the tokens read, those that the provider had kept: they are cheap."""
    cache_write_tokens: int = 0
    """Of the tokens read, those that the provider kept for the next request: they cost more."""

    def __sub__(self, other: Usage) -> Usage:
        """The difference of two costs."""
        return Usage(
            calls=self.calls - other.calls,
            input_tokens=self.input_tokens - other.input_tokens,
            output_tokens=self.output_tokens - other.output_tokens,
            usd=self.usd - other.usd,
            cache_read_tokens=self.cache_read_tokens - other.cache_read_tokens,
            cache_write_tokens=self.cache_write_tokens - other.cache_write_tokens,
        )

    def __add__(self, other: Usage) -> Usage:
        """The sum of two costs."""
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            usd=self.usd + other.usd,
            cache_read_tokens=self.cache_read_tokens + other.cache_read_tokens,
            cache_write_tokens=self.cache_write_tokens + other.cache_write_tokens,
        )


class Spent(Record):
    """One line of the account: what one question cost."""

    at: str
    """When, ISO 8601 in UTC."""
    verb: str
    """The verb that asked."""
    model: str
    """Who answered."""
    usage: Usage
    """What it cost."""


class Reply(Record):
    """A model's answer."""

    text: str
    """The answer, whole."""
    model: str
    """Name and digest of the model that answered."""
    usage: Usage = Usage()
    """What it cost."""
    complete: bool = True
    """False when the reply was cut at `max_tokens`."""
    cached: bool = False
    """True when the answer came from the cache and cost nothing."""
