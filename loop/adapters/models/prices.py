"""What models cost and how much they can hold, from a table that comes along: no network is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from loop.model import Usage

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo

_PROVIDERS = {
    "gemini": "google",
    "xai": "x-ai",
    "bedrock": "aws",
    "azure_ai": "azure",
    "together_ai": "together",
    "fireworks_ai": "fireworks",
}
"""Providers that redraft.toml (and LiteLLM) name otherwise than the table does."""


class Price(NamedTuple):
    """The price of one model, in US dollars."""

    reference: str
    """The model's name in the table."""
    provider: str
    """Who sells it."""

    def of(self, usage: Usage) -> float:
        """What these tokens cost; those from the provider's cache cost less, those kept for later more."""
        if not self.reference:
            return 0.0
        from genai_prices import Usage as Tokens
        from genai_prices import calc_price

        kept = max(0, min(usage.cache_read_tokens, usage.input_tokens))  # a provider may count oddly
        tokens = Tokens(
            input_tokens=max(0, usage.input_tokens),
            output_tokens=max(0, usage.output_tokens),
            cache_read_tokens=kept,
            cache_write_tokens=max(0, min(usage.cache_write_tokens, usage.input_tokens - kept)),
        )
        return float(calc_price(tokens, model_ref=self.reference, provider_id=self.provider).total_price)

    def most(self, read: int, written: int) -> float:
        """What so many tokens cost at the most: all that is read is also kept for later."""
        kept = self.of(Usage(input_tokens=read, output_tokens=written, cache_write_tokens=read))
        return max(kept, self.of(Usage(input_tokens=read, output_tokens=written)))

    @property
    def says(self) -> str:
        """Such as `$2.00 read, $10.00 written, a million tokens`."""
        read = self.of(Usage(input_tokens=1000)) * 1000
        written = self.of(Usage(output_tokens=1000)) * 1000
        return f"${read:,.2f} read, ${written:,.2f} written, a million tokens"


FREE = Price("", "")
"""Stands for a model on this computer."""


def price_of(name: str) -> Price | None:
    """The price of a model as redraft.toml names it; None when the table has none."""
    found = _look_up(name)
    return None if found is None else Price(found[0].id, found[1])


def context_of(name: str) -> int | None:
    """How many tokens a model can hold; None when the table does not say."""
    found = _look_up(name)
    return None if found is None else found[0].context_window


def _look_up(name: str) -> tuple[ModelInfo, str] | None:
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    if "/" not in name and name.startswith("claude-"):
        name = f"anthropic/{name}"
    # A seller's own name may have a slash in it; where it has no price, the maker's is the best guess.
    for provider, reference in (name.split("/", 1), name.rsplit("/", 1)) if "/" in name else ():
        try:
            found = calc_price(
                Tokens(input_tokens=1), model_ref=reference, provider_id=_PROVIDERS.get(provider, provider)
            )
        except LookupError:
            continue
        return found.model, found.provider.id
    return None
