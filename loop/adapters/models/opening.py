"""Opens the models that a project names, each behind its budget, its cache and its provider's limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from loop.adapters.files import LocalFiles
from loop.adapters.keys import Keys, variable_of
from loop.adapters.models.layers.account import Account
from loop.adapters.models.layers.announcing import AnnouncedModel
from loop.adapters.models.layers.budget import BudgetedModel
from loop.adapters.models.layers.cache import CachedModel
from loop.adapters.models.layers.routing import LimitedModel, RoutedModel
from loop.adapters.models.naming import Named, require_private, understand
from loop.adapters.models.prices import FREE, Price, price_of
from loop.errors import ModelUnavailable, ProjectError, UsageError
from loop.events import Note, Tell
from loop.ports import Agent, LanguageModel
from loop.settings import CLAUDE_CODE, ChecksStep, PromptStep, Settings

if TYPE_CHECKING:
    from loop.adapters.models.layers.agents import AccountedAgent

_NO_KEY = "none"
"""What a server on this computer is sent in place of a key: the client wants something."""


class Models:
    """Every model of one project for one verb: they share the account and the cache.

    `found`: the settings name no model, and a provider's was chosen because its key is there; it is told.
    `trusted`: whether the user allows this project's servers that are not on this computer.
    `rest`: ends the programs that write for none of these models.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        keys: Keys,
        environ: Mapping[str, str],
        account: Account,
        tell: Tell,
        embedded: Callable[[], LanguageModel],
        tuned: Callable[[str], LanguageModel],
        rest: Callable[[Collection[str]], None],
        *,
        trusted: Callable[[], bool],
        found: bool = False,
    ) -> None:
        self._root = root
        self._settings = settings
        self._keys = keys
        self._environ = environ
        self._account = account
        self._tell = tell
        self._embedded = embedded
        self._tuned = tuned
        self._rest = rest
        self._trusted = trusted
        self._found = found
        self._working: AccountedAgent | None = None
        self._turns: dict[str, asyncio.Semaphore] = {}

    def door(self) -> LanguageModel:
        """One model that passes each question on; those of the steps are opened before anything is asked.

        Raises ConfigError, ModelUnavailable and MissingExtra.
        """
        own = self._settings.model.name
        writers = [
            self._settings.model_of(step)
            for step in self._settings.steps
            if isinstance(step, PromptStep) or (isinstance(step, ChecksStep) and self._settings.refines(step))
        ]
        names = dict.fromkeys(writers or [own])
        self._rest(names)
        steps = {name: self.open(name) for name in names}
        model: LanguageModel = RoutedModel(own, steps, self.open)
        if not self._settings.model.record:
            return model
        from loop.adapters.models.layers.replay import RecordingModel

        return RecordingModel(model, Path(LocalFiles(self._root).absolute(self._settings.model.record)))

    def open(self, name: str) -> LanguageModel:
        """One model by its name in redraft.toml. Raises as `door`."""
        if self._settings.model.recording:
            name = self._settings.model.writer  # a recording holds the answers of every model that was asked
        named = understand(name, self._settings.servers, self._environ)
        require_private(self._settings, named)
        self._require_trust(named)
        if named.kind == "replay":
            from loop.adapters.models.layers.replay import ReplayModel

            return ReplayModel(Path(LocalFiles(self._root).absolute(named.model)))
        price = self._price(named)
        model: LanguageModel = BudgetedModel(self._adapter(named), self._account, price)
        if self._found and name == self._settings.model.name:
            model = AnnouncedModel(model, self._announce)
        if not named.here:
            from loop.adapters.models.layers.retrying import RetryingModel

            model = RetryingModel(model, tell=self._tell)
            model = LimitedModel(model, self._turns_of(named.provider))
        effort = self._settings.model.effort if named.kind in {"claude", "claude-code"} else None
        also = "".join(f" {part}" for part in (named.address, effort) if part)
        return CachedModel(model, self._root / ".redraft" / "cache", also=also)

    def _announce(self) -> None:
        if self._found:
            self._found = False
            own = self._settings.model.name
            where = self._keys.has(understand(own, {}, self._environ).provider)
            self._tell(Note(message=f"Asking {own}: its key was found ({where})."))

    def agent(self) -> Agent:
        """Claude Code with files of its own. Raises ConfigError, MissingExtra."""
        if self._working is None:
            from loop.adapters.claude_code import ClaudeCode
            from loop.adapters.models.layers.agents import AccountedAgent

            require_private(self._settings, understand(CLAUDE_CODE, {}, self._environ))
            self._working = AccountedAgent(
                ClaudeCode,
                self._account,
                self._root / ".redraft" / "cache",
                price=price_in_claude_code,
                turns=self._turns_of(CLAUDE_CODE),
            )
        return self._working

    def _turns_of(self, provider: str) -> asyncio.Semaphore:
        return self._turns.setdefault(provider, asyncio.Semaphore(self._settings.model.at_once))

    def _require_trust(self, named: Named) -> None:
        """A project from elsewhere must not send words, or a key, to an address of its choice."""
        if named.kind == "server" and not named.private and not self._trusted():
            raise ProjectError(
                f"This project asks a server that is not on this computer: {named.place}.",
                hint="Look at [servers] in redraft.toml, then type: redraft trust",
            )

    def _price(self, named: Named) -> Price | None:
        price = price_for(named)
        if price is None and self._account.in_money:
            raise UsageError(
                f"No price is known for “{named.name}”, so its cost in money cannot be held under a cap.",
                hint="Cap tokens or questions instead: --budget 50000tokens   or   --budget 100calls",
            )
        if price is None:
            says = f"No price is known for “{named.name}”: only its questions and tokens are counted."
            self._tell(Note(message=says, level="warning"))
        return price

    def _adapter(self, named: Named) -> LanguageModel:
        silence = self._settings.model.silence
        match named.kind:
            case "embedded":
                return self._embedded()
            case "adapter":
                return self._tuned(named.model)
            case "claude-code":
                from loop.adapters.claude_code import ClaudeCodeModel

                return ClaudeCodeModel(named.model, silence=silence, effort=self._settings.model.effort)
            case "claude":
                from loop.adapters.models.claude.model import ClaudeModel

                return ClaudeModel(
                    named.model,
                    key=self._key(named),
                    base_url=named.address or None,
                    silence=silence,
                    effort=self._settings.model.effort,
                )
            case _:
                from loop.adapters.models.litellm.model import LiteLLMModel

                served = named.kind == "server"
                return LiteLLMModel(
                    f"openai/{named.model}" if served else named.name,
                    name=named.name,
                    key=self._key(named),
                    base_url=named.address or None,
                    silence=silence,
                )

    def _key(self, named: Named) -> str:
        key = self._keys.find(named.provider)
        if key is not None:
            return key.secret
        if named.private or named.kind == "server":
            return _NO_KEY
        raise ModelUnavailable(
            f"There is no key for {named.provider}, which “{named.name}” needs.",
            hint=f"redraft key set {named.provider}   (or set {variable_of(named.provider)});"
            "   redraft models   lists what is there",
        )


def price_for(named: Named) -> Price | None:
    """A model's price; FREE on this computer, None when nobody knows it."""
    if named.here or (named.kind == "server" and named.private):
        return FREE  # but a gateway on this computer to Anthropic is not free
    if named.kind == "claude":
        return price_of(f"anthropic/{named.model}")
    if named.kind == "claude-code":
        return price_in_claude_code(named.model)
    return price_of(named.name)


def price_in_claude_code(model: str) -> Price | None:
    """The price of a model in Claude Code; the dearest one's for none, or a short name such as `sonnet`.

    It may choose its model by itself: its cost is estimated by that one, and counted as it says.
    """
    return price_of(f"anthropic/{model}") or price_of("anthropic/claude-opus-5")
