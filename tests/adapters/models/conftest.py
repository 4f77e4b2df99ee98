"""Nothing of the developer's own keys, servers and proxies reaches these tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

STARTS = ("ANTHROPIC_", "OPENAI_", "LITELLM_", "OLLAMA_")
NAMES = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}


@pytest.fixture(autouse=True)
def bare_environment(home: object) -> Iterator[None]:
    """The variables that provider packages look at are unset, and as they were afterwards."""
    with pytest.MonkeyPatch.context() as environment:
        for name in list(os.environ):
            if name.startswith(STARTS) or name.upper() in NAMES or name.endswith("_API_KEY"):
                environment.delenv(name)
        for name in ("NO_PROXY", "no_proxy", "LITELLM_LOCAL_MODEL_COST_MAP", "LITELLM_MODE"):
            environment.setenv(name, "")
            environment.delenv(name)  # set by what is tested: taken away again at the end
        yield
