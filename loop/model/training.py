"""Training: the rows, what a run is asked to do, what it says while it runs, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from loop.model.asking import Message
from loop.model.record import Record
from loop.model.writing import Split

Method = Literal["sft", "dpo"]
Device = Literal["auto", "cpu", "cuda", "mps"]
Span = tuple[int, int]
"""Start and end (exclusive) of a passage, in code points."""


class TrainingRow(Record):
    """What a model is asked, what the writer wants for an answer, and what it wrote instead."""

    id: str
    """The pair's or the picked take's id, with the step's name behind a slash."""
    brief: str
    """The brief's id."""
    split: Split = "train"
    """Held-out rows measure; nothing is ever learned from them."""
    prompt: tuple[Message, ...]
    """What the pipeline sends."""
    lead: str = ""
    """The beginning of the answer, given and not learned: where a long final was split."""
    open: bool = False
    """The answer goes on behind it, where a long final was split: no end is learned."""
    chosen: str
    """The writer's text."""
    rejected: str = ""
    """The draft; empty when there is none to learn from."""
    chosen_spans: tuple[Span, ...] = ()
    """What the writer put in or changed in `chosen`; an empty span: words were taken out there."""
    rejected_spans: tuple[Span, ...] = ()
    """What the writer took out or changed in `rejected`; an empty span: words were put in there."""


class Recipe(Record):
    """Every number of a training run. `docs/training.md` has the source of each."""

    method: Method
    """`sft` learns the finals; `dpo` learns what was preferred to what."""
    epochs: int = Field(default=3, ge=1, le=50)
    """How often each row is seen."""
    batch: int = Field(default=8, ge=1)
    """Rows per optimizer step, over all processes."""
    tokens: int = Field(default=2048, ge=64)
    """The most tokens that go through the model at once on one device: a longer row goes alone."""
    longest: int = Field(default=2048, ge=32)
    """The most tokens a row may have; longer ones are named, never cut."""
    rank: int = Field(default=16, ge=1, le=512)
    """Rank of the adapter's matrices, on every linear layer."""
    alpha: int = Field(default=32, ge=1)
    """The adapter's scale is `alpha / rank`."""
    full: bool = False
    """Train the base's own weights instead of an adapter."""
    quantised: bool = False
    """Hold the base in four bits (QLoRA)."""
    learning_rate: float = Field(default=2e-4, gt=0)
    """Peak learning rate of AdamW."""
    warmup: float = Field(default=0.1, ge=0, le=1)
    """Share of the steps in which the rate rises to its peak; then it falls in a line to zero."""
    clip: float = Field(default=1.0, gt=0)
    """The gradient's norm is cut back to this."""
    weight_decay: float = Field(default=0.0, ge=0)
    """AdamW's."""
    span_weight: float = Field(default=3.0, ge=1)
    """How much more a token of an edited passage counts than another one."""
    suffix_weight: float = Field(default=0.2, ge=0, le=1)
    """dpo: how much a token behind the first edit counts that was left as it was."""
    beta: float = Field(default=0.1, gt=0)
    """dpo: how strongly the tuned model is held to where it began."""
    anchor: float = Field(default=0.2, ge=0)
    """dpo: weight of the loss of the writer's own text, which keeps its likelihood from falling."""
    dpop: float = Field(default=0.0, ge=0)
    """dpo: DPO-Positive's lambda: a penalty inside the sigmoid while the writer's text gets less likely."""
    share: bool = True
    """dpo: put what draft and final begin with through the model once."""
    pack: bool = True
    """Put several rows through the model side by side, each blind to the others."""
    checkpointing: bool = False
    """Compute activations twice instead of keeping them: slower, in less memory."""
    sharded: bool = False
    """Spread the base's layers over all processes (FSDP2): for a base that does not fit on one GPU."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """Of the base's weights; the adapter's are always fp32. `auto`: bf16 on a GPU, fp32 on a processor."""
    seed: int = 0
    """Draws the order of the rows and the adapter's first values."""
    evaluations: int = Field(default=4, ge=1)
    """How often per epoch the held-out rows are measured and a checkpoint is saved."""
    kl_budget: float = Field(default=1.0, gt=0)
    """Nats per token that the tuned model may move away from the base on held-out texts."""


class Wish(Record):
    """What a person set of a recipe; whatever is None is made out from the data, the base and the device."""

    epochs: int | None = None
    """How often each row is seen."""
    batch: int | None = None
    """Rows per optimizer step."""
    tokens: int | None = None
    """The most tokens that go through the model at once."""
    longest: int | None = None
    """The most tokens a row may have."""
    rank: int | None = None
    """Rank of the adapter's matrices."""
    full: bool = False
    """Train the base's own weights."""
    quantised: bool = False
    """Hold the base in four bits."""
    learning_rate: float | None = None
    """Peak learning rate."""
    span_weight: float | None = None
    """How much more an edited token counts."""
    suffix_weight: float | None = None
    """How much a token behind the first edit counts that was left as it was."""
    beta: float | None = None
    """How strongly dpo holds the tuned model to where it began."""
    anchor: float | None = None
    """Weight of the loss of the writer's own text."""
    kl_budget: float | None = None
    """How far the tuned model may move away from its base."""
    checkpointing: bool = False
    """Compute activations twice instead of keeping them."""
    seed: int = 0
    """Draws the order of the rows."""


class Origin(Record):
    """Where the rows of a run come from."""

    project: str = ""
    """The project's folder."""
    version: str = ""
    """The guidance version that the prompts were made with."""
    data: str = ""
    """Content id of the rows."""
    distilled: bool = False
    """The prompts were made without the guide: whoever asks the tuned model leaves it out, too."""


class Job(Record):
    """What a recipe is started with: `job.json` in the run's folder."""

    name: str
    """The adapter's name."""
    folder: str
    """The run's folder, absolute: rows, events, checkpoints and adapter lie in it."""
    base: str
    """The base model: a folder, a GGUF file, or a name that transformers knows."""
    bases: str
    """Folder for bases that are unpacked from GGUF files, absolute."""
    start: str = ""
    """Folder of an adapter to go on from; empty: from the base."""
    recipe: Recipe
    """The numbers."""
    device: Device = "auto"
    """Where it runs."""
    quick: int = 0
    """A test run on so many rows; 0: all of them."""
    resume: bool = False
    """Go on from the last checkpoint."""
    origin: Origin = Origin()
    """Where the rows come from."""
    held: bool = False
    """It ends, with a checkpoint, when whoever started it does: standard input is closed then."""


class Plan(Record):
    """What a run would be: hardware, memory, disk, time, and every number."""

    job: Job
    """What would be started."""
    rows: int
    """Rows to learn from."""
    held_out: int
    """Rows that measure."""
    longest: int
    """Tokens of the longest row."""
    epoch_tokens: int
    """Tokens of an epoch that go through the model."""
    unshared_tokens: int
    """The same if nothing were shared."""
    steps: int
    """Optimizer steps in all."""
    parameters: int
    """Numbers of the base."""
    trained: int
    """Numbers that are trained."""
    device: str
    """Where it runs, in words."""
    processes: int = 1
    """How many processes take part."""
    memory_formula: int
    """Bytes that it needs, by formula."""
    memory_measured: int
    """Bytes that the largest rows took when they were tried."""
    memory_there: int
    """Bytes that the device has."""
    disk_needed: int
    """Bytes of checkpoints and adapter."""
    disk_there: int
    """Bytes that are free."""
    seconds: float
    """How long it takes, from two steps that were tried."""
    tokens_per_second: float
    """From the same."""
    problems: tuple[str, ...] = ()
    """Why it cannot be started."""
    doubts: tuple[str, ...] = ()
    """Why it should perhaps not be started."""


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


class Alarmed(Record):
    """Something went wrong, or is about to."""

    kind: Literal["alarm"] = "alarm"
    step: int
    """After so many steps."""
    name: str
    """first_step, still, nothing_learned, diverged, overfitting, forgetting, drift, memorised or memory."""
    says: str
    """What happened, in a writer's words."""
    advice: str
    """What to try."""
    action: Literal["goes_on", "went_back", "stopped"]
    """What was done about it."""


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
    """What happened, if it failed."""
    hint: str = ""
    """What to type, if it failed."""
    seconds: float
    """How long it took."""


TrainEvent = Annotated[Started | Stepped | Measured | Alarmed | Saved | Ended, Field(discriminator="kind")]


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
    """Content id of the base's configuration and tokenizer: an adapter fits no other base."""
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
    says: str = ""
    """What happened, if it failed."""
    hint: str = ""
    """What to type, if it failed."""
    job: Job
    """What it was started with."""
    began: str
    """When, ISO 8601 in UTC."""
