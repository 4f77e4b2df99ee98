"""What a training run says while it goes on, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from loop.model.record import Record
from loop.model.training import Job, Method, Origin, Recipe


class Begun(Record):
    """A run's programs are started, for the first time or again: what stands before it was said earlier."""

    kind: Literal["begun"] = "begun"
    at: str
    """When, ISO 8601 in UTC."""


class Started(Record):
    """A run is set up."""

    kind: Literal["started"] = "started"
    method: Method
    """sft or dpo."""
    steps: int
    """Optimizer steps in all."""
    step: int
    """Steps done before: more than 0 when it goes on."""
    rows: int
    """Rows to learn from."""
    held_out: int
    """Rows that measure."""
    trained: int
    """Numbers that are trained."""
    parameters: int
    """Numbers of the base."""
    device: str
    """Where it runs, in words."""
    processes: int = 1
    """How many processes take part."""
    attention: str = ""
    """How packed rows are kept apart: segments, mask or blocks; empty: every text goes alone."""
    tokens: int
    """Tokens of an epoch that go through the model."""
    unshared: int
    """The same if nothing were shared."""
    recipe: Recipe
    """As it was made out at the start."""


class Stepped(Record):
    """An optimizer step was taken."""

    kind: Literal["step"] = "step"
    step: int
    """Counting from 1."""
    epoch: float
    """How often the rows were seen so far."""
    loss: float
    """Of this step's rows; the first one is the untrained model's."""
    rate: float
    """The learning rate."""
    norm: float
    """The gradient's norm before it was cut back."""
    margin: float | None = None
    """dpo: mean reward margin, in nats."""
    accuracy: float | None = None
    """dpo: share of the pairs whose margin is above 0."""
    chosen: float | None = None
    """dpo: how much likelier the writer's texts got, in nats per text."""
    tokens_per_second: float
    """Tokens that went through the model."""
    rows_per_second: float
    """Rows (sft) or pairs (dpo)."""
    memory: int
    """Peak memory so far, in bytes."""


class Measured(Record):
    """The held-out rows were measured."""

    kind: Literal["measured"] = "measured"
    step: int
    """After so many steps."""
    objective: float
    """The loss that is made smaller, on the held-out rows: it decides which checkpoint is the best."""
    loss: float
    """Mean loss per token of the writer's held-out texts, in nats, each token counted once."""
    low: float
    """Lower end of its 95% interval, over texts."""
    high: float
    """Upper end."""
    n: int
    """How many texts."""
    kl: float
    """Mean KL(base || tuned) over their tokens, in nats: exact, over the whole vocabulary."""
    margin: float | None = None
    """dpo: mean reward margin, in nats."""
    accuracy: float | None = None
    """dpo: share of the pairs whose margin is above 0."""
    best: bool = False
    """It is the best so far."""

    @property
    def around(self) -> str:
        """`2.464 [2.314, 2.614] n=6`: the loss with its doubt."""
        return f"{self.loss:.3f} [{self.low:.3f}, {self.high:.3f}] n={self.n}"


class Alarmed(Record):
    """Something went wrong, or is about to."""

    kind: Literal["alarm"] = "alarm"
    step: int
    """After so many steps."""
    name: str
    """first_step, still, nothing_learned, diverged, overfitting, forgetting, drift, memorised, memory,
    anew or curves."""
    says: str
    """What happened, in a writer's words."""
    advice: str
    """What to try."""
    action: Literal["goes_on", "went_back", "stopped"]
    """What was done about it."""

    @property
    def judged(self) -> bool:
        """The writer may see it otherwise, and go on all the same; a fault would only come again."""
        return self.name in {"overfitting", "forgetting", "drift"}


class Saved(Record):
    """A checkpoint was written."""

    kind: Literal["saved"] = "saved"
    step: int
    """After so many steps."""


class Ended(Record):
    """The run is over."""

    kind: Literal["ended"] = "ended"
    state: Literal["done", "stopped", "failed"]
    """`stopped`: by the writer or an alarm; what is best so far is kept, and it can go on."""
    step: int
    """After so many steps."""
    best: int
    """The step whose weights were kept; 0: there is nothing better than the base."""
    says: str = ""
    """What happened, if it failed; else what a writer should know of."""
    hint: str = ""
    """What to type then."""
    seconds: float
    """How long it took."""


TrainEvent = Annotated[
    Begun | Started | Stepped | Measured | Alarmed | Saved | Ended, Field(discriminator="kind")
]


class Card(Record):
    """All that is to be known of an adapter: `card.json` in its folder."""

    name: str
    """The adapter's name."""
    created: str
    """When its training ended, ISO 8601 in UTC."""
    method: Method
    """sft or dpo."""
    base: str
    """The base model: a folder, a GGUF file, or a name that transformers knows."""
    base_digest: str
    """Content id of the base's configuration, tokenizer and weights: an adapter fits no other base."""
    start: str = ""
    """Name of the adapter it went on from."""
    quick: int = 0
    """A test run on so many rows; 0: on all of them."""
    origin: Origin
    """Where its rows come from."""
    recipe: Recipe
    """The numbers it was made with."""
    started: Started
    """What the run was made of."""
    losses: tuple[tuple[int, float], ...] = ()
    """Step and training loss."""
    measured: tuple[Measured, ...] = ()
    """The held-out rows, the first time before anything was learned."""
    alarms: tuple[Alarmed, ...] = ()
    """What went wrong on the way."""
    best: int
    """The step whose weights were kept."""
    state: Literal["done", "stopped"]
    """How the run ended."""
    seconds: float
    """How long it took."""
    packages: Mapping[str, str]
    """Versions of what it was made with."""


class RunState(Record):
    """How far a run is."""

    name: str
    """The adapter's name."""
    method: Method
    """sft or dpo."""
    state: Literal["running", "done", "stopped", "failed", "interrupted"]
    """`interrupted`: it ended without a word (a kill, a power cut), and can go on."""
    step: int = 0
    """Steps taken."""
    steps: int = 0
    """Steps in all; 0 before it is set up."""
    loss: float | None = None
    """Of the last step."""
    held_out: Measured | None = None
    """The last measurement."""
    before: Measured | None = None
    """The first one, before anything was learned."""
    seconds_left: float | None = None
    """About how long it still takes."""
    alarms: tuple[Alarmed, ...] = ()
    """What was said on the way."""
    stopped_by: Alarmed | None = None
    """The alarm that stopped it."""
    best: int | None = None
    """The step whose weights can be used; 0: nothing better than where it began; None: no end yet."""
    says: str = ""
    """What happened, if it failed or was cut off."""
    hint: str = ""
    """What to type then."""
    job: Job
    """What it was started with."""
    began: str
    """When, ISO 8601 in UTC."""
