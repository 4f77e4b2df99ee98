"""redraft.toml as a closed model: text in, Settings out, errors that name file and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, Strict, ValidationError

from loop import names
from loop.complaints import complaint, not_toml
from loop.errors import ConfigError
from loop.model import Record
from loop.nearest import nearest_hint

SETTINGS_FILE = names.SETTINGS_FILE
EMBEDDED = "embedded"
"""The name of the tiny model that comes along."""
CLAUDE_CODE = "claude-code"
"""The name of the program that works with files."""
AUTO = "auto"
"""Stands for the best model that is found."""


REPLAY = "replay:"
"""Before the name of a recording, in place of a model's name."""
ADAPTER = "adapter:"
"""Before the name of a model that the writer trained, in place of a model's name."""
OLLAMA = "ollama/"
"""Before the name of a model that Ollama has."""


def runs_inside(name: str) -> bool:
    """Whether redraft itself runs a model, a small one: the embedded one, or one that the writer trained.

    They are told less, may write less, end in the middle of a sentence, and make their own text worse.
    """
    return name == EMBEDDED or name.startswith(ADAPTER)


class Typed(Record):
    """What a person typed, taken as it is: "no" is not false, and "5" is no number."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


Item = TypeVar("Item")
ListOf = Annotated[tuple[Item, ...], Strict(strict=False)]
"""A list of TOML; its items are as strict as all else."""


class PromptStep(Typed):
    """A step that asks the model with `prompts/<name>.md`."""

    kind: Literal["prompt"]
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    """The step's name; its template is `prompts/<name>.md`."""
    max_tokens: int | None = Field(default=None, ge=1)
    """The most tokens the reply may have; None: 512 for the embedded model, 16,000 for any other."""
    embedded_tokens: int | None = Field(default=None, ge=1)
    """The same for the embedded model alone: it often finds no end, and what stands behind its last whole
    sentence is left out. A reply of any other model that is cut is an error."""
    model: str = ""
    """Which model answers this step; empty: the one under [model]."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """None: the model's own setting."""
    appends: bool = False
    """Put the reply below what came in, as its next paragraph, instead of in its place."""
    given: ListOf[Literal["guidance", "rules", "examples", "brief", "input"]] = ()
    """Variables put below the template's own text: for prompts that were written without any."""


class ChecksStep(Typed):
    """A step that applies checks.toml."""

    kind: Literal["checks"]
    name: str = Field(default="checks", pattern=r"^[a-z][a-z0-9_-]*$")
    """The step's name."""
    refine: bool | None = None
    """Ask the model once to mend what no check can fix by itself; None: unless it is the embedded one."""
    model: str = ""
    """Which model refines; empty: the one under [model]."""


class CommandStep(Typed):
    """A step that runs a program: the draft goes in, the new draft comes out."""

    kind: Literal["command"]
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    """The step's name."""
    argv: ListOf[str] = Field(min_length=1)
    """The program and its arguments; no shell."""
    seconds: float = Field(default=60, gt=0, le=3600)
    """The program is ended after so long."""


class AgentStep(Typed):
    """A step in which Claude Code works on the piece with files, by `prompts/<name>.md`."""

    kind: Literal["agent"]
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    """The step's name; its template is `prompts/<name>.md`."""
    model: str = ""
    """Such as `claude-sonnet-5-5`; empty: what Claude Code is set to."""
    reads: ListOf[str] = ()
    """Files of the project that it may read: paths, with `*` for any name in a folder."""
    writes: ListOf[str] = ()
    """Guidance that it may change; what it changes becomes a proposal."""
    turns: int = Field(default=12, ge=1, le=200)
    """It is stopped after so many turns."""
    usd: float = Field(default=1.0, gt=0)
    """It is stopped before it costs more, in US dollars."""
    seconds: float = Field(default=600, gt=0, le=7200)
    """It is stopped after so long."""


Step = Annotated[PromptStep | ChecksStep | CommandStep | AgentStep, Field(discriminator="kind")]


class PipelineSettings(Typed):
    """What is run."""

    name: str = "piece"
    """The pipeline's name."""
    type: str = "piece"
    """The document type of a brief that names none."""
    parallel: int = Field(default=2, ge=1, le=64)
    """How many briefs run side by side."""
    told: Literal["auto", "all", "unenforced"] = "auto"
    """Which rules {{guidance}} and {{rules}} tell the model: all, or only those that no check mends.

    A very small model follows few rules and loses the thread over many: `unenforced` keeps its
    prompt short, and a new rule whose check mends it costs no new drafts to test. `auto` is that for
    the embedded model, and `all` for any other.
    """


class ModelSettings(Typed):
    """Which model writes, and how."""

    name: str = "auto"
    """`redraft models` lists them. `auto`: Claude when there is a key for it, else the embedded one."""
    temperature: float = Field(default=0.7, ge=0, le=2)
    """0 is greedy; higher is more varied. Claude decides this by itself."""
    top_p: float = Field(default=0.95, gt=0, le=1)
    """Nucleus sampling."""
    seed: int = Field(default=0, ge=0)
    """Same seed, same text."""
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    """How long Claude thinks before it writes; None: as it is used to."""
    silence: float = Field(default=120, gt=0, le=3600)
    """Seconds a provider may say nothing before it is given up."""
    at_once: int = Field(default=16, ge=1, le=256)
    """Questions to one provider that are under way at the same time."""
    record: str = ""
    """A file to which every question and answer is added; the model `replay:FILE` gives the answers again."""
    replay: str = ""
    """Such a file, from which every answer comes: the same as the model `replay:FILE`."""

    @property
    def recording(self) -> str:
        """The file from which every answer comes; empty: models are asked."""
        return self.replay or (self.name.removeprefix(REPLAY) if self.name.startswith(REPLAY) else "")

    @property
    def writer(self) -> str:
        """Who writes, in words."""
        return f"{REPLAY}{self.recording}" if self.recording else self.name


class GateSettings(Typed):
    """How hard a proposal is tested."""

    samples: int = Field(default=3, ge=1, le=50)
    """Fresh drafts per brief and arm."""
    replay: int = Field(default=10, ge=1)
    """Past pairs that are drafted again: the most similar ones."""
    held_out: int = Field(default=10, ge=0)
    """Held-out briefs that are drafted."""


class LearnSettings(Typed):
    """Who turns feedback into proposals, and how hard it tries."""

    reviser: str = "auto"
    """`mine` needs no model; a model's name, or `claude-code`. `auto`: the project's model, and `mine` when
    that is the embedded one."""
    candidates: int = Field(default=2, ge=1, le=8)
    """How many different proposals a model is asked for; the best one is tested."""
    rounds: int = Field(default=3, ge=0, le=3)
    """How often a model may try its rules on a past brief and think again."""
    judge: str = ""
    """Which model answers yes/no questions about drafts; empty: the reviser."""


class BudgetSettings(Typed):
    """A hard cap for one verb; a call that would pass it is not made."""

    calls: int = Field(default=2000, ge=1)
    """Questions to a model."""
    tokens: int = Field(default=2_000_000, ge=1)
    """Tokens read and written."""
    usd: float = Field(default=5.0, ge=0)
    """Money, in US dollars."""
    month_usd: float | None = Field(default=None, ge=0)
    """Money for all commands of a calendar month, in US dollars; None: no such cap."""


class GuideSettings(Typed):
    """Bounds of the style guide."""

    tokens: int = Field(default=1500, ge=50)
    """The guide's rules may be so long (estimated at four characters a token)."""


class Settings(Typed):
    """redraft.toml."""

    private: bool = False
    """Only models on this computer may be asked: no word leaves it."""
    pipeline: PipelineSettings = PipelineSettings()
    """What is run."""
    steps: ListOf[Step] = Field(min_length=1)
    """In order."""
    model: ModelSettings = ModelSettings()
    """Which model writes."""
    servers: Mapping[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")], str] = {}
    """Servers that speak the OpenAI protocol: name -> address. A model is `<server's name>/<its model>`."""
    learn: LearnSettings = LearnSettings()
    """Who turns feedback into proposals."""
    gate: GateSettings = GateSettings()
    """How hard a proposal is tested."""
    budget: BudgetSettings = BudgetSettings()
    """A hard cap for one verb."""
    guide: GuideSettings = GuideSettings()
    """Bounds of the style guide."""

    @property
    def steps_key(self) -> str:
        """The steps (and what is told) as canonical JSON: part of the guidance version."""
        steps = [
            {"kind": step.kind, **step.model_dump(mode="json", exclude={"model"}, exclude_defaults=True)}
            for step in self.steps
        ]
        return f"{self.pipeline.told} {steps!r}"

    def refines(self, step: ChecksStep) -> bool:
        """Whether a step asks a model; one that runs inside makes its own text worse, unless told to try."""
        return not runs_inside(self.model_of(step)) if step.refine is None else step.refine

    def model_of(self, step: Step) -> str:
        """The name of the model that answers a step."""
        return getattr(step, "model", "") or self.model.name


def parse_settings(text: str, source: str = SETTINGS_FILE) -> Settings:
    """Settings from the text of redraft.toml. Raises ConfigError naming line or key."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise not_toml(error, source) from error
    if "steps" not in raw:
        raise ConfigError(
            f"{source} has no steps.",
            hint='Add for example: [[steps]] kind = "prompt" name = "draft"',
        )
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        raise _explain(error, text, source) from error
    for server, address in settings.servers.items():
        if not address.startswith(("http://", "https://")):
            raise ConfigError(
                f"{source}: what stands for the server “{server}” is no address.",
                hint='Such as: [servers] desk = "http://127.0.0.1:8000/v1"',
            )
        if "@" in address.partition("://")[2].partition("/")[0]:
            raise ConfigError(
                f"{source}: the address of “{server}” is no place for a password: this file goes into git.",
                hint=f"Take out what stands before the @; then type: redraft key set {server}",
            )
    names = [step.name for step in settings.steps]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(
                f"{source} has {names.count(name)} steps named “{name}”.",
                hint="Give each step a name of its own.",
            )
    return settings


def _explain(error: ValidationError, text: str, source: str) -> ConfigError:
    first = error.errors(include_url=False)[0]
    where = [part for part in first["loc"] if part != "[key]"]  # pydantic's sign for the name itself
    if where[0] == "steps":
        del where[2:3]  # the kind of the step, which nobody typed as a key
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
    at = f"{source}{_line(text, where)}"
    if first["type"] == "extra_forbidden" and "key" in str(where[-1]):
        return ConfigError(
            f"{at}: “{name}” is no place for a key: this file goes into git.",
            hint="Take it out; then type: redraft key set anthropic   (or set ANTHROPIC_API_KEY)",
        )
    if first["type"] == "extra_forbidden":
        hint = nearest_hint(str(where[-1]), _known_keys(where[:-1]))
        if where[-1] == "private":
            hint = "Put it at the top of the file, above the first line in [ ]."
        return ConfigError(f"{at}: unknown key “{name}”.", hint=hint)
    hint = f"Mend “{name}” in {source}."
    if first["type"] == "bool_type":
        hint = f"Type: {where[-1]} = true   (or {where[-1]} = false), without quotation marks"
    elif isinstance(first["input"], str) and first["type"] in {"int_type", "float_type"}:
        hint = f"Type a number without quotation marks, such as: {where[-1]} = 5"
    return ConfigError(f"{at}: {name} {complaint(error)}.", hint=hint)


def _line(text: str, where: Sequence[str | int]) -> str:
    """`, line 7` for a key that stands on a line of its own; empty where it is not found."""
    here: list[str | int] = []
    steps = -1
    for number, line in enumerate(text.splitlines(), start=1):
        if table := re.match(r"\s*(\[\[?)\s*(\w+)\s*\]", line):
            steps += table[1] == "[["
            here = [table[2], steps] if table[1] == "[[" else [table[2]]
        elif here == where[:-1] and re.match(rf"\s*[\"']?{re.escape(str(where[-1]))}[\"']?\s*=", line):
            return f", line {number}"
    return ""


def _known_keys(where: list[Any]) -> list[str]:
    if where and where[0] == "steps":
        kinds = (PromptStep, ChecksStep, CommandStep, AgentStep)
        return sorted({field for kind in kinds for field in kind.model_fields})
    known: type[Record] = Settings
    for part in where:
        annotation = known.model_fields[str(part)].annotation
        if isinstance(annotation, type) and issubclass(annotation, Record):
            known = annotation
    return sorted(known.model_fields)
