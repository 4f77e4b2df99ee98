"""Everything that the anthropic package raises, as errors in a writer's words."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from loop.adapters.models.hosted.addresses import host_of
from loop.adapters.models.hosted.causes import causes_of
from loop.adapters.models.hosted.delays import retry_after
from loop.adapters.models.hosted.faults import Provider, in_words
from loop.adapters.models.hosted.statuses import of_status
from loop.errors import RedraftError

if TYPE_CHECKING:
    import anthropic

_MONEY_CODES = ("spend_limit_reached", "billing_unavailable", "billing_not_authorized", "not_billable")
_AGAIN_CODES = {"request_body_timeout"}
_OF_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "timeout_error": 408,
    "conflict_error": 409,
    "rate_limit_error": 429,
    "api_error": 500,
    "overloaded_error": 529,
}
"""Inside a stream the status was 200 long ago, and the error's type alone says what happened."""


def who_is(address: str) -> str:
    """Who is asked, in a sentence; `address` is empty for the usual one."""
    if not address:
        return in_words("anthropic")
    return f"the server {host_of(address) or 'that ANTHROPIC_BASE_URL names'}"


def foreign() -> tuple[type[Exception], ...]:
    """Every kind of error that asking can raise; anything else is a fault of redraft's own."""
    import anthropic
    import httpx2

    return anthropic.AnthropicError, httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ValueError


def explained(error: Exception, provider: Provider, *, silence: float) -> RedraftError:
    """The error to raise for what came out of the package, of httpx2 below it, or of reading the stream."""
    import anthropic
    import httpx2

    causes = list(causes_of(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return provider.not_trusted()
    if isinstance(error, anthropic.APIStatusError):
        return _of_status(error, provider)
    if isinstance(error, anthropic.APIResponseValidationError | anthropic.RetryableError):
        return provider.garbled()
    if isinstance(error, anthropic.CredentialsError):
        return provider.key_refused(str(error))
    for cause in causes:
        if isinstance(cause, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
            return provider.no_address(str(cause))
        if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError):
            return provider.unreachable()
        if isinstance(cause, httpx2.TimeoutException):
            return provider.silent(silence)
        if isinstance(cause, httpx2.LocalProtocolError):
            return provider.strange("the request cannot be sent", str(cause))
        if isinstance(cause, httpx2.TransportError | httpx2.StreamError):
            return provider.cut()
    if isinstance(error, anthropic.APITimeoutError):
        return provider.silent(silence)
    if isinstance(error, anthropic.APIConnectionError):
        return provider.unreachable()
    garbled = isinstance(error, ValueError | httpx2.DecodingError)
    if isinstance(error, anthropic.AnthropicError) or not garbled:
        return provider.unknown(error, str(error))
    return provider.garbled()


def _of_status(error: anthropic.APIStatusError, provider: Provider) -> RedraftError:
    said = error.api_message or (error.body if isinstance(error.body, str) else "")
    if (error.error_code or "").endswith(_MONEY_CODES):
        return provider.no_credit(said)
    if error.error_code in _AGAIN_CODES:
        return provider.failing(error.error_code)
    status = error.status_code
    if status < 400:
        status = _OF_TYPE.get(str(error.type), status)
    return of_status(provider, status, said, retry_after(error.response.headers))
