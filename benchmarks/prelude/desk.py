"""What every method is given: the same steps, the same checks engine, the same door to the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.prelude.metered import Metered, Store
from loop.mine.wording import says
from loop.model import Brief, Check, Guidance, Message, ModelRequest
from loop.ports import LanguageModel
from loop.project import Project
from loop.settings import SETTINGS_FILE, Settings
from loop.wiring import World
from pipelines.checkfile import CHECKS_FILE, dump_checks
from pipelines.guidance import GUIDE_FILE
from pipelines.runner import write_draft

PROMPT_FILE = "prompts/draft.md"
PROMPT = "{{brief}}\n\n{{rules}}\n"
"""The brief says what to write, and in which form; the rules are a run of sentences."""
GUIDE = "# How I write\n"
_GATE_SEED, _PROBE_SEED = 500_000, 900_000
"""Rounds, gate and measurements are drawn with seeds of their own."""


class Options(NamedTuple):
    """Which model, and how it is asked: the same for every method."""

    model: str = "embedded"
    """As redraft.toml names it."""
    tokens: int = 140
    """The longest draft, in tokens: about a hundred words."""
    temperature: float = 0.6
    """0 is greedy."""
    told: str = "unenforced"
    """`unenforced`: what a check mends is not told to the model (for very small ones); or `all`."""
    refine: bool = False
    """Ask once more to mend what no check can; for larger models."""
    samples: int = 2
    """Gate: fresh drafts per brief and arm."""
    replay: int = 6
    """Gate: past pairs that are drafted again, at most."""
    held_out: int = 6
    """Gate: held-out briefs, at most (a type has four)."""
    every: int = 1
    """Methods that learn in steps make one after so many rounds."""
    reviser: str = "mine"
    """Who writes redraft's operations: `mine`, or `model`."""
    usd: float = 5.0
    """A hard cap for the money that one seed and method may cost."""

    def settings(self, seed: int) -> str:
        """redraft.toml, for the projects of one seed."""
        return f"""\
[pipeline]
name = "prelude"
type = "blog"
told = "{self.told}"
parallel = 1

[[steps]]
kind = "prompt"
name = "draft"
max_tokens = {self.tokens}

[[steps]]
kind = "checks"
refine = {str(self.refine).lower()}

[model]
name = "{self.model}"
temperature = {self.temperature}
seed = {_GATE_SEED + 100 * seed}

[gate]
samples = {self.samples}
replay = {self.replay}
held_out = {self.held_out}

[budget]
calls = 1000000
tokens = 1000000000
usd = {self.usd}
"""


class Line(NamedTuple):
    """One line of a guide, and the checks that enforce it."""

    text: str
    checks: tuple[Check, ...] = ()


def wired(project: Project) -> LanguageModel:
    """The model that redraft.toml names, as the product opens it."""
    return project.models(verb="benchmark").door()


class Desk:
    """The place where the methods of one seed write."""

    def __init__(
        self,
        folder: Path,
        store: Path,
        options: Options,
        seed: int,
        opened: Callable[[Project], LanguageModel] = wired,
    ) -> None:
        self.folder = folder
        self.options = options
        self.seed = seed
        self.world = World()
        folder.mkdir(parents=True, exist_ok=True)
        folder.joinpath(SETTINGS_FILE).write_text(options.settings(seed), encoding="utf-8")
        self._project: Project = self.world.open(str(folder))
        self._store = Store(opened(self._project), store)

    @property
    def settings(self) -> Settings:
        """redraft.toml, parsed."""
        return self._project.settings

    def settings_text(self) -> str:
        """redraft.toml as it stands in every project of this seed."""
        return self.options.settings(self.seed)

    def door(self) -> Metered:
        """A new account of what is asked."""
        return Metered(self._store)

    def guidance(
        self, brief: Brief, lines: Sequence[Line] = (), *, prose: str = "", prompt: str = PROMPT
    ) -> Guidance:
        """Guidance for one brief: lines of the guide with their checks, then prose."""
        rules: list[str] = []
        checks: list[Check] = []
        for number, line in enumerate(lines, start=1):
            rules.append(f"- {' '.join(line.text.split())} <!-- r{number} -->")
            for check in line.checks:
                ids = {"id": f"c{len(checks) + 1}", "rule": f"r{number}", "scope": brief.type}
                checks.append(check.model_copy(update=ids))
        section = [f"## Rules for {brief.type}", "\n".join(rules)] if rules else []
        guide = "\n\n".join(part for part in (GUIDE.strip(), *section, prose.strip()) if part) + "\n"
        return Guidance(
            files={
                GUIDE_FILE: guide,
                CHECKS_FILE: dump_checks(checks, "") if checks else "",
                PROMPT_FILE: prompt,
            },
            steps=self.settings.steps_key,
        )

    async def draft(self, brief: Brief, guidance: Guidance, model: LanguageModel, seed: int) -> str:
        """A draft by the pipeline's own runner. Raises what the model raises."""
        done = await write_draft(brief, guidance, self.settings, model, self._project.commands, seed=seed)
        return done.text

    async def ask(self, model: LanguageModel, prompt: str, *, most: int) -> str:
        """A plain question, answered greedily."""
        request = ModelRequest(
            messages=(Message(role="user", content=prompt),), max_tokens=most, temperature=0.0, seed=self.seed
        )
        return (await model.ask(request)).text.strip()

    def round_seed(self, number: int) -> int:
        """The seed of the draft that the writer gets in a round."""
        return 1000 * self.seed + number

    @property
    def probe_seed(self) -> int:
        """The seed of drafts that are only measured."""
        return _PROBE_SEED + self.seed


def enforcing(checks: Sequence[Check]) -> list[Line]:
    """A line for each check, in the words of the product."""
    return [Line(says(check), (check,)) for check in checks]
