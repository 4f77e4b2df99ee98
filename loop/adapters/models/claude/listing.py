"""Which models Anthropic has, for a key."""

from __future__ import annotations

import anthropic
import httpx2

from loop.adapters.keys import Key
from loop.adapters.models.claude.faults import explained, foreign, who_is
from loop.adapters.models.hosted.addresses import is_loopback
from loop.adapters.models.hosted.faults import Provider
from loop.errors import ModelUnavailable

_PROVIDER = "anthropic"
_SECONDS = 2.0
"""An answer that takes longer is none, for a list on the screen."""
_MOST = 12


def listed(key: Key, address: str) -> list[str]:
    """Names, newest first; `address` is empty for the usual one.

    Raises ModelUnavailable with what to type, as one sentence.
    """
    provider = Provider(_PROVIDER, who_is(address), "its models", key.secret)
    if not (key.secret.isascii() and key.secret.isprintable()):
        odd = provider.odd_key()
        raise ModelUnavailable(f"{odd.message} Type: {odd.hint}")
    try:
        with _client(key, address) as client:
            return [model.id for model in client.models.list(limit=_MOST).data]
    except anthropic.AuthenticationError as error:
        raise ModelUnavailable(
            f"the key from {key.where} is refused; type: redraft key set anthropic"
        ) from error
    except foreign() as error:
        fault = explained(error, provider, silence=_SECONDS)
        raise ModelUnavailable(f"{fault.message} The key is from {key.where}.") from error
    except (AttributeError, TypeError) as error:  # the package takes whatever comes for a list
        raise ModelUnavailable(provider.garbled().message) from error


def _client(key: Key, address: str) -> anthropic.Anthropic:
    own = httpx2.Client(trust_env=False, timeout=_SECONDS) if is_loopback(address) else None
    return anthropic.Anthropic(
        api_key=key.secret,
        base_url=address or None,
        timeout=_SECONDS,
        max_retries=0,
        http_client=own,  # no proxy leads to this computer
    )
