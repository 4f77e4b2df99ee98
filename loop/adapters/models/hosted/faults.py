"""What goes wrong with a provider, in a writer's words: a sentence for each fault, whoever it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from loop.adapters.keys import variable_of
from loop.adapters.models.hosted.passing import Passing
from loop.adapters.models.hosted.redaction import redacted
from loop.errors import ModelRefused, ModelUnavailable, UsageError

_MOST = 300
_TOO_LONG = "prompt is too long: "
"""How one provider begins; said once is enough."""
_IN_WORDS: Mapping[str, str] = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "gemini": "Google",
    "mistral": "Mistral",
    "groq": "Groq",
    "openrouter": "OpenRouter",
    "deepseek": "DeepSeek",
    "xai": "xAI",
    "ollama": "Ollama",
}
_ANOTHER = "choose another model: redraft models"
_AGAIN = "Type the command again in a while; what is done is kept."


def in_words(provider: str) -> str:
    """A provider as it writes itself."""
    return _IN_WORDS.get(provider, provider)


class Provider(NamedTuple):
    """Who is asked for what, and the errors that can come of it.

    `said` is always the provider's own sentence; keys are taken out of it here.
    """

    name: str
    """As `redraft key set` calls it."""
    who: str
    """In a sentence: `Anthropic`, `the server 127.0.0.1:8000`."""
    model: str
    """As redraft.toml names it."""
    key: str | None = None
    """Never shown: it is here to be taken out."""

    def __repr__(self) -> str:
        """Without the key."""
        return f"Provider({self.name!r}, {self.model!r})"

    @property
    def _first(self) -> str:
        """Who, at the beginning of a sentence."""
        return f"T{self.who[1:]}" if self.who.startswith("the ") else self.who

    # What a person has to mend.

    def no_key(self) -> ModelUnavailable:
        """Nobody said how to be let in."""
        return ModelUnavailable(f"There is no key for {self.who}.", hint=f"redraft key set {self.name}")

    def odd_key(self) -> ModelUnavailable:
        """The key cannot even be sent."""
        return ModelUnavailable(
            f"The key for {self.who} has characters that no key has.", hint=f"redraft key set {self.name}"
        )

    def key_refused(self, said: str = "") -> ModelUnavailable:
        """A wrong key."""
        return ModelUnavailable(
            f"{self._first} refused the key{self._because(said)}.",
            hint=f"redraft key set {self.name}   (but {variable_of(self.name)}, where it is set, goes first)",
        )

    def not_allowed(self, said: str = "") -> ModelUnavailable:
        """A right key that may not do this."""
        return ModelUnavailable(
            f"{self._first} refused the key for {self.model}{self._because(said)}.",
            hint=f"redraft key set {self.name}   (a key that may ask {self.model}), or {_ANOTHER}",
        )

    def no_credit(self, said: str = "") -> ModelUnavailable:
        """Money is the matter."""
        return ModelUnavailable(
            f"The credit at {self.who} is used up, or a spending limit is reached{self._because(said)}.",
            hint=f"Add credit or raise the limit at {self.who}, or {_ANOTHER}",
        )

    def unknown_model(self, said: str = "") -> ModelUnavailable:
        """No such model."""
        return ModelUnavailable(
            f"{self._first} has no model “{self.model}”{self._because(said)}.", hint="redraft models"
        )

    def too_long(self, said: str = "") -> UsageError:
        """The prompt does not fit."""
        return UsageError(
            f"The prompt is too long for {self.model}{self._because(said.removeprefix(_TOO_LONG))}.",
            hint="Shorten the brief, the style guide or the examples, or choose a model that holds more.",
        )

    def overran(self) -> UsageError:
        """Prompt and reply do not fit together."""
        return UsageError(
            f"The prompt and the reply together are longer than {self.model} can hold.",
            hint="Shorten the brief, the style guide or the examples, or lower max_tokens of the step.",
        )

    def declined(self, said: str = "") -> ModelRefused:
        """The request was turned away as it stands."""
        return ModelRefused(
            f"{self._first} did not take the request{self._because(said)}.",
            hint=f"Change what it complains about, or {_ANOTHER}",
        )

    def refused(self, said: str = "") -> ModelRefused:
        """The model would rather not."""
        return ModelRefused(
            f"{self.model} declined to write this{self._because(said)}.",
            hint=f"Say it differently in the brief, or {_ANOTHER}",
        )

    def stopped(self, reason: str) -> ModelRefused:
        """The model stopped, and not because it was done."""
        return ModelRefused(
            f"{self.model} stopped before it was done; the reason it gave is “{self._clean(reason)}”.",
            hint=f"Type the command again, or {_ANOTHER}",
        )

    def no_address(self, said: str = "") -> ModelUnavailable:
        """The address makes no sense."""
        return ModelUnavailable(
            f"{self._first} has an address that cannot be used{self._because(said)}.",
            hint="Mend the address under [servers] in redraft.toml (or in the variable that holds it).",
        )

    def points_elsewhere(self) -> ModelUnavailable:
        """It wants the question to be put to another address."""
        return ModelUnavailable(
            f"{self._first} points to another address, which was not asked.",
            hint="Put the right address under [servers] in redraft.toml (or in the variable that holds it).",
        )

    def not_trusted(self) -> ModelUnavailable:
        """Somebody else answers, or a company looks into the line."""
        return ModelUnavailable(
            f"{self._first} cannot be asked: this computer does not trust its certificate.",
            hint="Ask whoever runs your network; SSL_CERT_FILE names a file of certificates to trust.",
        )

    def strange(self, what: str, said: str = "") -> ModelUnavailable:
        """Whatever has no name here."""
        return ModelUnavailable(
            f"{self._first} could not be asked: {what}{self._because(said)}.",
            hint=f"redraft doctor, or {_ANOTHER}",
        )

    def unknown(self, error: Exception, said: str) -> ModelUnavailable:
        """An error of a kind that redraft has never seen; its name helps whoever reads a report."""
        found = self.strange("something went wrong that redraft does not know", said)
        found.hint += f"   (in a report, name {type(error).__name__})"
        return found

    # What may be gone in a moment.

    def busy(self, after: float | None = None) -> Passing:
        """Too many requests."""
        return Passing(f"{self._first} is busy.", hint=_AGAIN, after=after)

    def failing(self, code: object, after: float | None = None) -> Passing:
        """A fault on the provider's side."""
        return Passing(f"{self._first} has a fault of its own ({code}).", hint=_AGAIN, after=after)

    def unreachable(self) -> Passing:
        """No connection."""
        mend = (
            "Start it, or put its address right"
            if self.who.startswith("the ")
            else "Check that you are online"
        )
        return Passing(
            f"{self._first} cannot be reached.",
            hint=f"{mend}, and type the command again;   redraft models   lists who answers.",
        )

    def silent(self, seconds: float) -> Passing:
        """A connection on which nothing comes."""
        return Passing(
            f"{self._first} said nothing for {seconds:g} seconds.",
            hint="Type the command again, or raise silence under [model] in redraft.toml.",
            slow=True,
        )

    def cut(self) -> Passing:
        """The reply broke off."""
        return Passing(f"The connection to {self.who} broke off.", hint=_AGAIN)

    def garbled(self) -> Passing:
        """What came cannot be read."""
        return Passing(f"{self._first} sent something that cannot be read.", hint=_AGAIN)

    def _because(self, said: str) -> str:
        """`: what it said`, or nothing."""
        clean = self._clean(said).rstrip(". ")
        return f": {clean}" if clean else ""

    def _clean(self, said: str) -> str:
        line = " ".join(redacted(said, self.key).split())
        if line.startswith("<"):  # a page for a browser, from something that stands between
            return ""
        return line if len(line) <= _MOST else f"{line[:_MOST].rstrip()} […]"
