"""redraft.toml as a closed model: text in, Settings out, errors that name file and key."""

from __future__ import annotations

import tomllib
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from loop.complaints import complaint
from loop.errors import ConfigError
from loop.model import Record
from loop.nearest import nearest_hint

SETTINGS_FILE = "redraft.toml"


class PromptStep(Record):
    """A step that asks the model with `prompts/<name>.md`."""

    kind: Literal["prompt"]
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    """The step's name; its template is `prompts/<name>.md`."""
    max_tokens: int = Field(default=512, ge=1)
    """The most tokens the reply may have."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """None: the model's own setting."""
    appends: bool = False
    """Put the reply below what came in, as its next paragraph, instead of in its place."""
    given: tuple[Literal["guidance", "rules", "examples", "brief", "input"], ...] = ()
    """Variables put below the template's own text: for prompts that were written without any."""


class ChecksStep(Record):
    """A step that applies checks.toml."""

    kind: Literal["checks"]
    name: str = Field(default="checks", pattern=r"^[a-z][a-z0-9_-]*$")
    """The step's name."""
    refine: bool = True
    """Ask the model once to mend what no check can fix by itself."""


class CommandStep(Record):
    """A step that runs a program: the draft goes in, the new draft comes out."""

    kind: Literal["command"]
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    """The step's name."""
    argv: tuple[str, ...] = Field(min_length=1)
    """The program and its arguments; no shell."""
    seconds: float = Field(default=60, gt=0, le=3600)
    """The program is ended after so long."""


Step = Annotated[PromptStep | ChecksStep | CommandStep, Field(discriminator="kind")]


class PipelineSettings(Record):
    """What is run."""

    name: str = "piece"
    """The pipeline's name."""
    type: str = "piece"
    """The document type of a brief that names none."""
    parallel: int = Field(default=2, ge=1, le=64)
    """How many briefs run side by side."""
    told: Literal["all", "unenforced"] = "all"
    """Which rules {{guidance}} and {{rules}} tell the model: all, or only those that no check mends.

    A very small model follows few rules and loses the thread over many: `unenforced` keeps its
    prompt short, and a new rule whose check mends it costs no new drafts to test.
    """


class ModelSettings(Record):
    """Which model writes, and how."""

    name: str = "embedded"
    """`redraft models` lists them."""
    temperature: float = Field(default=0.7, ge=0, le=2)
    """0 is greedy; higher is more varied."""
    top_p: float = Field(default=0.95, gt=0, le=1)
    """Nucleus sampling."""
    seed: int = Field(default=0, ge=0)
    """Same seed, same text."""
    record: str = ""
    """A file to which every question and answer is added; the model `replay:FILE` gives the answers again."""


class GateSettings(Record):
    """How hard a proposal is tested."""

    samples: int = Field(default=3, ge=1, le=50)
    """Fresh drafts per brief and arm."""
    replay: int = Field(default=10, ge=1)
    """Past pairs that are drafted again: the most similar ones."""
    held_out: int = Field(default=10, ge=0)
    """Held-out briefs that are drafted."""


class BudgetSettings(Record):
    """A hard cap for one verb; a call that would pass it is not made."""

    calls: int = Field(default=2000, ge=1)
    """Questions to a model."""
    tokens: int = Field(default=2_000_000, ge=1)
    """Tokens read and written."""
    usd: float = Field(default=5.0, ge=0)
    """Money, in US dollars."""


class GuideSettings(Record):
    """Bounds of the style guide."""

    tokens: int = Field(default=1500, ge=50)
    """The guide's rules may be so long (estimated at four characters a token)."""


class Settings(Record):
    """redraft.toml."""

    pipeline: PipelineSettings = PipelineSettings()
    """What is run."""
    steps: tuple[Step, ...] = Field(min_length=1)
    """In order."""
    model: ModelSettings = ModelSettings()
    """Which model writes."""
    gate: GateSettings = GateSettings()
    """How hard a proposal is tested."""
    budget: BudgetSettings = BudgetSettings()
    """A hard cap for one verb."""
    guide: GuideSettings = GuideSettings()
    """Bounds of the style guide."""

    @property
    def steps_key(self) -> str:
        """The steps (and what is told) as canonical JSON: part of the guidance version."""
        steps = [step.model_dump(mode="json") for step in self.steps]
        return f"{self.pipeline.told} {steps!r}"


def parse_settings(text: str, source: str = SETTINGS_FILE) -> Settings:
    """Settings from the text of redraft.toml. Raises ConfigError naming line or key."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{source} is not valid TOML: {error}.", hint=f"Mend that line of {source}."
        ) from error
    if "steps" not in raw:
        raise ConfigError(
            f"{source} has no steps.",
            hint='Add for example: [[steps]] kind = "prompt" name = "draft"',
        )
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        raise _explain(error, source) from error
    names = [step.name for step in settings.steps]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(
                f"{source} has {names.count(name)} steps named “{name}”.",
                hint="Give each step a name of its own.",
            )
    return settings


def _explain(error: ValidationError, source: str) -> ConfigError:
    first = error.errors(include_url=False)[0]
    where = [part for part in first["loc"] if part not in {"prompt", "checks", "command"}]
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
    if first["type"] == "extra_forbidden":
        hint = nearest_hint(str(where[-1]), _known_keys(where[:-1]))
        return ConfigError(f"{source}: unknown key “{name}”.", hint=hint)
    return ConfigError(f"{source}: {name} {complaint(error)}.", hint=f"Mend “{name}” in {source}.")


def _known_keys(where: list[Any]) -> list[str]:
    if where and where[0] == "steps":
        kinds = (PromptStep, ChecksStep, CommandStep)
        return sorted({field for kind in kinds for field in kind.model_fields})
    known: type[Record] = Settings
    for part in where:
        annotation = known.model_fields[str(part)].annotation
        if isinstance(annotation, type) and issubclass(annotation, Record):
            known = annotation
    return sorted(known.model_fields)
