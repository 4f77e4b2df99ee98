"""Every error class of LiteLLM becomes an error of redraft."""

from __future__ import annotations

import asyncio
import inspect
import json
import ssl
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from loop.adapters.models.hosted.faults import Provider
from loop.adapters.models.hosted.passing import Passing
from loop.adapters.models.litellm.faults import explained, sentence
from loop.adapters.models.litellm.loading import litellm
from loop.errors import MissingExtra, ModelRefused, ModelUnavailable, RedraftError, UsageError

PROVIDER = Provider("openai", "OpenAI", "openai/test", "sk-secret-key")
Classes = Mapping[str, Any]
ASKED = httpx.Request("POST", "http://127.0.0.1/v1/chat/completions")
EXPECTED: dict[str, tuple[type[RedraftError], str]] = {
    "APIConnectionError": (Passing, "fault of its own"),
    "APIError": (Passing, "fault of its own (503)"),
    "APIResponseValidationError": (Passing, "cannot be read"),
    "AuthenticationError": (ModelUnavailable, "refused the key"),
    "BadGatewayError": (Passing, "fault of its own (502)"),
    "BadRequestError": (ModelRefused, "did not take the request"),
    "BlockedPiiEntityError": (ModelRefused, "did not take the request"),
    "BudgetExceededError": (ModelUnavailable, "credit"),
    "ContentPolicyViolationError": (ModelRefused, "declined to write this"),
    "ContextWindowExceededError": (UsageError, "too long"),
    "GuardrailRaisedException": (ModelRefused, "did not take the request"),
    "ImageFetchError": (ModelRefused, "did not take the request"),
    "InternalServerError": (Passing, "fault of its own (500)"),
    "InvalidRequestError": (ModelRefused, "did not take the request"),
    "JSONSchemaValidationError": (Passing, "cannot be read"),
    "LiteLLMUnknownProvider": (ModelUnavailable, "has no model"),
    "MidStreamFallbackError": (Passing, "fault of its own (503)"),
    "MockException": (Passing, "fault of its own (503)"),
    "ModelNotMappedError": (ModelUnavailable, "has no model"),
    "ModifyResponseException": (ModelRefused, "did not take the request"),
    "NotFoundError": (ModelUnavailable, "has no model"),
    "OpenAIError": (ModelUnavailable, "could not be asked"),
    "PaymentRequiredError": (ModelUnavailable, "credit"),
    "PermissionDeniedError": (ModelUnavailable, "refused the key for openai/test"),
    "RateLimitError": (Passing, "is busy"),
    "RejectedRequestError": (ModelRefused, "did not take the request"),
    "SensitiveDataRouteException": (ModelRefused, "did not take the request"),
    "ServiceUnavailableError": (Passing, "fault of its own (503)"),
    "Timeout": (Passing, "said nothing for 120 seconds"),
    "UnprocessableEntityError": (ModelRefused, "did not take the request"),
    "UnsupportedParamsError": (ModelRefused, "did not take the request"),
    "VectorStoreSearchError": (ModelRefused, "did not take the request"),
}
GIVEN: dict[str, Any] = {
    "message": "Said.",
    "model": "test",
    "llm_provider": "openai",
    "custom_llm_provider": "openai",
    "request": ASKED,
    "status_code": 503,
    "entity_type": "name",
    "current_cost": 1.0,
    "max_budget": 0.5,
    "request_data": {},
    "route_to_model": "other",
    "session_id": "1",
    "raw_response": "{}",
    "schema": "{}",
    "failure": None,
}


@pytest.fixture(scope="module")
def classes() -> Classes:
    """LiteLLM's own, by name; it is loaded as redraft loads it, for alone it would ask the network."""
    return {
        name: kind
        for name, kind in inspect.getmembers(asyncio.run(litellm()).exceptions, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == "litellm.exceptions"
    }


def made(kind: Any) -> Exception:
    """An error as LiteLLM makes it, from whatever its constructor asks for."""
    open_ended = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    try:
        asked = inspect.signature(kind).parameters.values()
        needed = [each for each in asked if each.default is each.empty and each.kind not in open_ended]
        answer = httpx.Response(422 if "Unprocessable" in str(kind) else 403, request=ASKED)
        given = {"response": answer, **GIVEN}
        error: Exception = kind(**{each.name: given[each.name] for each in needed})
    except (AttributeError, KeyError, ValueError):  # it asks for something of its own, or for nothing at all
        error = kind.__new__(kind)
        error.__dict__.update(message="Said.", status_code=400)
    return error


def told(error: Exception) -> RedraftError:
    return explained(error, PROVIDER, silence=120)


def test_every_class_of_the_package_is_expected(classes: Classes) -> None:
    assert set(classes) == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_class_is_mapped(name: str, classes: Classes) -> None:
    kind, message = EXPECTED[name]
    found = told(made(classes[name]))
    assert type(found) is kind, found
    assert message in found.message
    assert found.hint


def test_whatever_else_it_raises_is_told_in_words() -> None:
    for error in (Exception("Odd."), RuntimeError("Odd."), KeyError("choices"), OSError("Odd.")):
        found = told(error)
        assert type(found) is ModelUnavailable
        assert "OpenAI could not be asked" in found.message
        assert type(error).__name__ not in found.message
        assert type(error).__name__ in found.hint


def test_a_line_that_does_not_stand_is_told_in_words_whichever_package_found_out(classes: Classes) -> None:
    error = made(classes["APIConnectionError"])
    error.__cause__ = ConnectionError("HTTPConnectionPool(host='x', port=80): Max retries exceeded")
    found = told(error)
    assert found.message == "OpenAI cannot be reached."


def test_a_package_that_one_provider_needs_is_named() -> None:
    found = told(ModuleNotFoundError("No module named 'boto3'", name="boto3"))
    assert type(found) is MissingExtra
    assert found.hint == "pip install boto3"


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (httpx.ConnectError("no"), "cannot be reached"),
        (httpx.ConnectTimeout("no"), "cannot be reached"),
        (httpx.ReadTimeout("no"), "said nothing for 120 seconds"),
        (TimeoutError(), "said nothing for 120 seconds"),
        (httpx.ReadError("no"), "broke off"),
        (httpx.RemoteProtocolError("no"), "broke off"),
        (httpx.UnsupportedProtocol("no scheme"), "address that cannot be used"),
        (ssl.SSLCertVerificationError("self-signed"), "does not trust its certificate"),
        (json.JSONDecodeError("no", "", 0), "cannot be read"),
    ],
)
def test_what_happened_on_the_line_counts_more_than_the_class(
    cause: Exception, expected: str, classes: Classes
) -> None:
    error = made(classes["InternalServerError"])
    error.__context__ = cause
    assert expected in told(error).message


def test_the_status_that_was_sent_counts_more_than_a_guess(classes: Classes) -> None:
    error = made(classes["APIConnectionError"])
    error.__context__ = httpx.HTTPStatusError(
        "no", request=ASKED, response=httpx.Response(403, request=ASKED)
    )
    assert "refused the key for" in told(error).message


@pytest.mark.parametrize(
    "message",
    [
        "litellm.RateLimitError: RateLimitError: OpenAIException - Slow down.",
        'litellm.BadRequestError: GeminiException - {"error": {"code": 400, "message": "Slow down."}}',
        "litellm.APIConnectionError: Slow down.\nTraceback (most recent call last):\n  File",
        "Slow down.",
    ],
)
def test_the_providers_own_sentence_is_found(message: str) -> None:
    assert sentence(Exception(message)) == "Slow down."


def test_money_and_length_are_found_inside_a_stream(classes: Classes) -> None:
    money = classes["APIConnectionError"](message="insufficient_quota", llm_provider="openai", model="test")
    long = classes["APIConnectionError"](
        message="This exceeds the available context size.", llm_provider="openai", model="test"
    )
    assert "credit" in told(money).message
    assert type(told(long)) is UsageError
