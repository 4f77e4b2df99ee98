"""What a model's name in redraft.toml means: who is asked, where, and whether words leave this computer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from loop.adapters.keys import VARIABLES, Keys
from loop.adapters.models.hosted.addresses import host_of, is_loopback
from loop.errors import ConfigError
from loop.nearest import slip
from loop.settings import ADAPTER, AUTO, CLAUDE_CODE, EMBEDDED, REPLAY, Settings

CLAUDE = "claude-sonnet-5-5"
"""The Claude that `auto` means: good at prose, not the dearest."""
CLAUDES = ("claude-haiku-5-5", CLAUDE, "claude-opus-5-5")
"""Shown when Anthropic can't be asked which there are."""
LOCAL: Mapping[str, str] = {
    "ollama": "http://127.0.0.1:11434/v1",
    "lm-studio": "http://127.0.0.1:1234/v1",
    "llama.cpp": "http://127.0.0.1:8080/v1",
    "vllm": "http://127.0.0.1:8000/v1",
}
"""Programs that serve models on this computer, and where they usually listen. [servers] may say otherwise."""
_ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "mistral": ("MISTRAL_AZURE_API_BASE", "MISTRAL_API_BASE"),
    "fireworks_ai": ("FIREWORKS_API_BASE", "FIREWORKS_AI_API_BASE"),
}
"""Provider -> the variables of another address, LiteLLM's own first; any other has `<PROVIDER>_API_BASE`."""

_CLAUDE_WORDS = ("claude", "haiku", "sonnet", "opus")
_SLIP = 0.75
"""From this likeness on (difflib ratio, 0..1) a name is a slip; LiteLLM's other providers are less alike."""


class Named(NamedTuple):
    """A model's name, understood."""

    name: str
    """As redraft.toml says it."""
    kind: Literal["embedded", "adapter", "replay", "claude", "claude-code", "server", "provider"]
    """Which adapter asks it."""
    provider: str = ""
    """Whose key is needed, and whose limit counts."""
    model: str = ""
    """What the provider calls it; for a recording its file, for an adapter its name."""
    address: str = ""
    """Where the provider is, when that is said."""

    @property
    def here(self) -> bool:
        """True when redraft itself answers, with what lies on this computer."""
        return self.kind in {"embedded", "adapter", "replay"}

    @property
    def place(self) -> str:
        """Where what it is asked goes, in words."""
        if self.here:
            return "this computer"
        return host_of(self.address) or self.provider

    @property
    def private(self) -> bool:
        """True when what it is asked stays on this computer."""
        if self.here:
            return True
        if self.kind == "provider":  # LiteLLM's: a server on this computer belongs under [servers]
            return False
        return bool(self.address) and is_loopback(self.address)


def understand(name: str, servers: Mapping[str, str], environ: Mapping[str, str]) -> Named:
    """A model's name taken apart. Raises ConfigError for one that cannot be understood."""
    head, slash, rest = name.partition("/")
    if taken := next((server for server in servers if server in {*VARIABLES, CLAUDE_CODE}), ""):
        raise ConfigError(
            f"redraft.toml gives the server name “{taken}” to another address: it is a provider's.",
            hint='Choose another name under [servers], such as: desk = "http://127.0.0.1:8000/v1"',
        )
    if name == EMBEDDED:
        return Named(name, "embedded")
    if name.startswith(ADAPTER) and name != ADAPTER:
        return Named(name, "adapter", model=name.removeprefix(ADAPTER))
    if name.startswith(REPLAY):
        return Named(name, "replay", model=name.removeprefix(REPLAY))
    if head == CLAUDE_CODE:
        from loop.adapters.claude_code.environment import clouds

        address = "" if clouds(environ) else environ.get("ANTHROPIC_BASE_URL", "")
        _well_spelled(name, rest)
        return Named(name, "claude-code", "claude-code", rest, address)
    if (name.startswith("claude-") and not slash) or (head == "anthropic" and rest):
        address = environ.get("ANTHROPIC_BASE_URL", "")
        _well_spelled(name, rest or name)
        return Named(name, "claude", "anthropic", rest or name, address)
    if slash and rest and head in {**LOCAL, **servers}:
        return Named(name, "server", head, rest, servers.get(head) or LOCAL[head])
    if "://" in rest:  # some providers of LiteLLM would ask whatever address a model's name holds
        raise ConfigError(
            f"The model “{name}” names an address.",
            hint='Give the server a name under [servers], such as: desk = "http://127.0.0.1:8000/v1"',
        )
    if slash and head and rest:
        if head not in VARIABLES and (
            meant := slip(head.lower(), [*LOCAL, *servers, *VARIABLES], like=_SLIP)
        ):
            raise _misspelt(name, f"{meant}/{rest}")
        return Named(name, "provider", head, rest, _address(head, environ))
    if meant := slip(name, (EMBEDDED, CLAUDE_CODE, *CLAUDES), like=_SLIP):
        raise _misspelt(name, meant)
    raise ConfigError(
        f"“{name}” is no model that redraft knows.",
        hint="Such as embedded, claude-sonnet-5-5, openai/gpt-5 or ollama/llama3.2; type: redraft models",
    )


def _address(provider: str, environ: Mapping[str, str]) -> str:
    usual = (f"{provider.upper().replace('-', '_')}_API_BASE",)
    found = (environ.get(name, "") for name in _ADDRESSES.get(provider, usual))
    return next(filter(None, found), "")


def _well_spelled(name: str, model: str) -> None:
    """Raise ConfigError for a Claude with a slip in its family's name; a family that is new is none."""
    for word in model.split("-"):
        meant = "" if word in _CLAUDE_WORDS else slip(word, _CLAUDE_WORDS, like=_SLIP)
        if meant:
            raise _misspelt(name, name.replace(word, meant))


def _misspelt(name: str, meant: str) -> ConfigError:
    return ConfigError(
        f"“{name}” is no model that redraft knows.",
        hint=f"Did you mean “{meant}”?   redraft models   lists what can be asked.",
    )


def resolved(settings: Settings, keys: Keys) -> Settings:
    """The settings with `auto` replaced by the model that it stands for here."""
    if settings.model.name != AUTO:
        return settings
    name = CLAUDE if not settings.private and keys.has("anthropic") else EMBEDDED
    return settings.model_copy(update={"model": settings.model.model_copy(update={"name": name})})


def require_private(settings: Settings, named: Named) -> None:
    """Raise ConfigError when the project is private and a model is not on this computer."""
    if settings.private and not named.private:
        raise ConfigError(
            f"This project is private, and “{named.name}” is not on this computer: it was not asked.",
            hint="Name a model on this computer (redraft models), or take private out of redraft.toml.",
        )
