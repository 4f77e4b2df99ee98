"""What an HTTP status and the provider's sentence mean together, whoever the provider is."""

from __future__ import annotations

from loop.adapters.models.hosted.faults import Provider
from loop.errors import RedraftError

_LENGTH = (
    "prompt is too long",
    "exceed context",
    "exceeds the available context",
    "exceeds the maximum number of tokens",
    "context window",
    "context length",
    "too many tokens",
)
_MONEY = (
    "billing_hard_limit",
    "credit balance",
    "insufficient balance",
    "insufficient credits",
    "insufficient_quota",
    "plans & billing",
    "purchase credits",
    "requires more credits",
    "spend limit",
    "usage limits",
)
"""A used-up quota is no sign: some providers say so of the requests of one minute."""
_BUSY = {409, 429, 529}
_AGAIN = {408, 425, 499, *_BUSY}


def of_status(provider: Provider, status: int, said: str = "", after: float | None = None) -> RedraftError:
    """The error for an answer with a status from 400. `after`: seconds the provider asks to wait."""
    if status == 402 or (status in {400, 403, 429} and is_money(said)):
        return provider.no_credit(said)
    if status == 413 or (status in {400, 422} and is_length(said)):
        return provider.too_long(said)
    if status in _BUSY:
        return provider.busy(after)
    if status in _AGAIN or status >= 500:
        return provider.failing(status, after)
    if status == 401:
        return provider.key_refused(said)
    if status == 403:
        return provider.not_allowed(said)
    if status == 404:
        return provider.unknown_model(said)
    if status >= 400:
        return provider.declined(said)
    if status >= 300:
        return provider.points_elsewhere()
    return provider.strange(f"the answer had the status {status}", said)


def is_length(said: str) -> bool:
    """True when the sentence complains of a prompt that does not fit."""
    return any(sign in said.lower() for sign in _LENGTH)


def is_money(said: str) -> bool:
    """True when the sentence complains of money."""
    return any(sign in said.lower() for sign in _MONEY)
