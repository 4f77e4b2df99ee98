"""Every error class of the anthropic package becomes an error of redraft."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import get_args

import anthropic
import httpx2
import pytest

from loop.adapters.models.claude.faults import explained, foreign
from loop.adapters.models.hosted.faults import Provider
from loop.adapters.models.hosted.passing import Passing
from loop.errors import ModelRefused, ModelUnavailable, RedraftError, UsageError

PROVIDER = Provider("anthropic", "Anthropic", "claude-test", "sk-ant-secret-key")
ASKED = httpx2.Request("POST", "http://127.0.0.1/v1/messages")
OF_STATUS: dict[int, type[RedraftError]] = {
    400: ModelRefused,
    401: ModelUnavailable,
    402: ModelUnavailable,
    403: ModelUnavailable,
    404: ModelUnavailable,
    408: Passing,
    409: Passing,
    412: ModelRefused,
    413: UsageError,
    422: ModelRefused,
    429: Passing,
    431: ModelRefused,
    499: Passing,
    500: Passing,
    501: Passing,
    503: Passing,
    504: Passing,
    529: Passing,
}
MONEY = {
    "ContractSpendLimitReachedError",
    "EnforcedSpendLimitReachedError",
    "LinkedOrganizationBillingUnavailableError",
    "LinkedOrganizationSpendLimitReachedError",
    "UserProfileBillingNotAuthorizedError",
    "UserProfileNotBillableError",
}
AGAIN = {"BetaRequestBodyTimeoutError"}
OTHERS: dict[str, type[RedraftError]] = {
    "APIConnectionError": Passing,
    "APIResponseValidationError": Passing,
    "APITimeoutError": Passing,
    "RetryableError": Passing,
}
"""Any other class is a ModelUnavailable, those of later releases too."""


def kinds(base: type[anthropic.AnthropicError]) -> Iterator[type[anthropic.AnthropicError]]:
    yield base
    for kind in base.__subclasses__():
        yield from kinds(kind)


ALL = sorted(set(kinds(anthropic.AnthropicError)), key=lambda kind: kind.__name__)
STATUS = [kind for kind in ALL if issubclass(kind, anthropic.APIStatusError)]


def told(error: Exception) -> RedraftError:
    assert isinstance(error, foreign())
    return explained(error, PROVIDER, silence=120)


def of_status(kind: type[anthropic.APIStatusError]) -> anthropic.APIStatusError:
    """The error as the package makes it from an answer."""
    status = getattr(kind, "status_code", 500 if issubclass(kind, anthropic.InternalServerError) else 418)
    code = next(iter(get_args(kind.__annotations__.get("error_code"))), None)
    body = {"error": {"type": "some_error", "message": "Said.", "details": {"error_code": code}}}
    return kind("Said.", response=httpx2.Response(status, request=ASKED), body=body)


def bare(kind: type[Exception]) -> Exception:
    """An error of a class that is made in many ways, with what all of them have."""
    error = kind.__new__(kind)
    error.args = ("Said.",)
    error.__dict__["request_id"] = None
    return error


@pytest.mark.parametrize("kind", STATUS, ids=lambda kind: kind.__name__)
def test_every_answer_with_an_error_is_mapped_by_its_status_and_code(
    kind: type[anthropic.APIStatusError],
) -> None:
    error = of_status(kind)
    expected = OF_STATUS.get(error.status_code, ModelRefused)
    if kind.__name__ in AGAIN:
        expected = Passing
    if kind.__name__ in MONEY:
        expected = ModelUnavailable
    found = told(error)
    assert type(found) is expected
    assert ("credit" in found.message) is (kind.__name__ in MONEY or error.status_code == 402)
    assert found.hint


def test_every_status_that_the_package_knows_is_expected() -> None:
    known = {of_status(kind).status_code for kind in STATUS}
    assert known - set(OF_STATUS) == {418}


def test_every_other_class_is_mapped() -> None:
    others = {kind.__name__: kind for kind in ALL if kind not in STATUS}
    assert {"AnthropicError", "APIError", "CredentialsError", *OTHERS} <= set(others)
    for name, kind in others.items():
        assert type(told(bare(kind))) is OTHERS.get(name, ModelUnavailable), name


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (httpx2.ConnectError("no"), "cannot be reached"),
        (httpx2.ConnectTimeout("no"), "cannot be reached"),
        (httpx2.ProxyError("no"), "cannot be reached"),
        (httpx2.ReadTimeout("no"), "said nothing for 120 seconds"),
        (httpx2.WriteTimeout("no"), "said nothing for 120 seconds"),
        (httpx2.ReadError("no"), "broke off"),
        (httpx2.RemoteProtocolError("no"), "broke off"),
        (httpx2.StreamClosed(), "broke off"),
        (httpx2.UnsupportedProtocol("no scheme"), "address that cannot be used: no scheme"),
        (httpx2.LocalProtocolError("bad header"), "cannot be sent: bad header"),
        (httpx2.DecodingError("no"), "cannot be read"),
        (httpx2.InvalidURL("no port"), "address that cannot be used: no port"),
        (ValueError("no json"), "cannot be read"),
    ],
)
def test_what_happens_on_the_line_is_told_apart(cause: Exception, expected: str) -> None:
    assert expected in told(cause).message
    if isinstance(cause, httpx2.TransportError):
        wrapped = anthropic.APIConnectionError(request=ASKED)
        wrapped.__cause__ = cause
        assert expected in told(wrapped).message


def test_every_error_of_the_line_is_mapped() -> None:
    for kind in kinds_of_line(httpx2.HTTPError):
        assert isinstance(told(bare(kind)), RedraftError)


def kinds_of_line(base: type[Exception]) -> Iterator[type[Exception]]:
    yield base
    for kind in base.__subclasses__():
        yield from kinds_of_line(kind)


def test_a_certificate_that_is_not_trusted_is_no_passing_fault() -> None:
    error = anthropic.APIConnectionError(request=ASKED)
    error.__cause__ = httpx2.ConnectError("no")
    error.__cause__.__cause__ = ssl.SSLCertVerificationError("self-signed certificate")
    found = told(error)
    assert type(found) is ModelUnavailable
    assert "does not trust its certificate" in found.message


def test_a_fault_of_redraft_itself_is_not_taken_for_one_of_the_provider() -> None:
    assert not isinstance(KeyError("x"), foreign())
    assert not isinstance(AttributeError("x"), foreign())


def test_nobody_is_sent_to_look_for_a_server_when_the_line_is_gone() -> None:
    hint = told(httpx2.ConnectError("no")).hint
    assert "online" in hint
    assert "Start it" not in hint
