"""Training: the rows, the numbers of a recipe, what a run is asked to do, and what it would be."""

from __future__ import annotations

from typing import Literal

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
    """Of the base's weights; the adapter's are always fp32. `auto`: bf16 where the device computes with
    it (NVIDIA GPUs, processors with AVX512-BF16), else fp32."""
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
