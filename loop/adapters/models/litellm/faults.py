"""Everything that LiteLLM raises, as errors in a writer's words."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Callable, Mapping

from loop.adapters.models.hosted.causes import causes_of
from loop.adapters.models.hosted.delays import retry_after, retry_in_words
from loop.adapters.models.hosted.faults import Provider
from loop.adapters.models.hosted.statuses import is_length, is_money, of_status
from loop.errors import MissingExtra, RedraftError

_PREFIX = re.compile(r"^(?:(?:litellm\.)?[A-Za-z_]*(?:Error|Exception|Timeout)\s*[:-]\s*)+")
"""Such as `litellm.RateLimitError: RateLimitError: OpenAIException - `."""
_QUOTED = re.compile(r'"message"\s*:\s*(?P<quoted>"(?:[^"\\]|\\.)*")')
"""A provider's own sentence inside its JSON."""
_CLASSES: Mapping[str, Callable[[Provider, str], RedraftError]] = {
    "APIResponseValidationError": lambda provider, _: provider.garbled(),
    "BlockedPiiEntityError": Provider.declined,
    "BudgetExceededError": Provider.no_credit,
    "ContentPolicyViolationError": Provider.refused,
    "ContextWindowExceededError": Provider.too_long,
    "GuardrailRaisedException": Provider.declined,
    "LiteLLMUnknownProvider": lambda provider, _: provider.unknown_model(),
    "ModelNotMappedError": Provider.unknown_model,
    "ModifyResponseException": Provider.declined,
    "PaymentRequiredError": Provider.no_credit,
    "RejectedRequestError": Provider.declined,
    "SensitiveDataRouteException": Provider.declined,
}
"""Classes of LiteLLM that say more than their status."""
_NOBODY = "LLM Provider NOT provided"
"""What LiteLLM says of a name whose beginning it does not know; it has asked nobody then."""
_MONEY_CODES = ("insufficient_quota", "billing_hard_limit_reached")
_NO_LINE = {"ConnectionError", "ClientConnectionError", "MaxRetryError"}
"""What other packages, that LiteLLM asks some providers with, and Python call a line that does not stand."""
_GUESSES = {"APIConnectionError", "Timeout"}
"""Their status is LiteLLM's own: nobody sent it."""


def explained(error: Exception, provider: Provider, *, silence: float) -> RedraftError:
    """The error to raise for what came out of LiteLLM.

    Its classes often say little: an error inside a stream is always a lost connection, for one. So what
    it came of is looked at first, then the class where it means something, then the status.
    """
    if isinstance(error, ImportError):
        return MissingExtra(
            f"{provider.model} needs the package {error.name}, which is not installed.",
            hint=f"pip install {error.name}",
        )
    found = _of_line(error, provider, silence) or _of_class(error, provider)
    if found is not None:
        return found
    status, said = _status(error), sentence(error)
    if any(code in _raw(error) for code in _MONEY_CODES):
        return provider.no_credit(said)
    if status is not None:
        after = retry_after(getattr(error, "litellm_response_headers", None))
        return of_status(provider, status, said, after if after is not None else retry_in_words(said))
    if is_money(said):
        return provider.no_credit(said)
    if is_length(said):
        return provider.too_long(said)
    if "Timeout" in _names(error):
        return provider.silent(silence)
    if _names(error) & {"APIConnectionError", "MidStreamFallbackError"}:
        return provider.failing(said or "no reason given")
    return provider.unknown(error, said)


def sentence(error: Exception) -> str:
    """What the provider said, without what LiteLLM puts before and behind it."""
    body = getattr(error, "body", None)
    if isinstance(body, Mapping) and isinstance(body.get("message"), str):
        return str(body["message"])
    text = str(getattr(error, "message", "") or error).partition("Traceback (most recent call last)")[0]
    if quoted := _QUOTED.search(text):
        return str(json.loads(quoted["quoted"], strict=False))
    return _PREFIX.sub("", text).strip()


def _raw(error: Exception) -> str:
    """All that came, with the provider's own word for the fault somewhere in it."""
    return f"{getattr(error, 'message', '')} {getattr(error, 'body', '')}"


def _of_line(error: Exception, provider: Provider, silence: float) -> RedraftError | None:
    """What happened between this computer and the provider; None when the line was fine."""
    import httpx

    for cause in causes_of(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return provider.not_trusted()
        if isinstance(cause, httpx.InvalidURL | httpx.UnsupportedProtocol):
            return provider.no_address(str(cause))
        if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
            return provider.cut() if _stood(cause.__cause__) else provider.unreachable()
        if isinstance(cause, httpx.TimeoutException | TimeoutError):
            return provider.silent(silence)
        if isinstance(cause, httpx.TransportError | httpx.StreamError):
            return provider.cut()
        if _names(cause) & _NO_LINE:
            return provider.unreachable()
        if isinstance(cause, json.JSONDecodeError | UnicodeDecodeError):
            return provider.garbled()
    return None


def _stood(error: BaseException | None) -> bool:
    """True where aiohttp knows that there was a line before: httpx has one word for both."""
    names = set() if error is None else _names(error)
    reset = "ClientOSError" in names and "ClientConnectorError" not in names
    return reset or "ServerDisconnectedError" in names


def _of_class(error: Exception, provider: Provider) -> RedraftError | None:
    names = _names(error)
    if _NOBODY in _raw(error):
        return provider.unknown_model()
    for name, make in _CLASSES.items():
        if name in names:
            return make(provider, sentence(error))
    return None


def _names(error: BaseException) -> set[str]:
    """What the error and the kinds it belongs to are called."""
    return {kind.__name__ for kind in type(error).__mro__}


def _status(error: Exception) -> int | None:
    """The status that the provider answered with; None when LiteLLM made it up."""
    import httpx

    for cause in causes_of(error):
        if isinstance(cause, httpx.HTTPStatusError):
            return cause.response.status_code
    first = getattr(error, "original_exception", None) or error
    status = getattr(first, "status_code", None)
    return status if isinstance(status, int) and type(first).__name__ not in _GUESSES else None
