"""Which models Anthropic has, for a key."""

from __future__ import annotations

import anthropic

from loop.adapters.keys import Key
from loop.errors import ModelUnavailable

_SECONDS = 2.0
"""An answer that takes longer is none, for a list on the screen."""
_MOST = 12


def listed(key: Key, address: str | None) -> list[str]:
    """Names, newest first. Raises ModelUnavailable with what to type, as one sentence."""
    client = anthropic.Anthropic(api_key=key.secret, base_url=address, timeout=_SECONDS, max_retries=0)
    try:
        with client:
            return [model.id for model in client.models.list(limit=_MOST).data]
    except anthropic.AuthenticationError as error:
        raise ModelUnavailable(
            f"the key from {key.where} is refused; type: redraft key set anthropic"
        ) from error
    except anthropic.AnthropicError as error:
        raise ModelUnavailable(
            f"Anthropic cannot be reached now ({type(error).__name__}); key from {key.where}"
        ) from error
