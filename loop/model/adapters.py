"""Adapters after their training: how they write here, and how well what was converted answers like them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from loop.model.record import Record
from loop.model.runs import Card

ADAPTER_FOLDER = "adapter"
"""Where an adapter's weights lie, below its own folder."""
WHOLE_FOLDER = "model"
"""Where the weights lie of a base that was itself trained."""
MERGED_FOLDER = "merged"
"""Where an adapter lies that was worked into its base."""
GGUF_FOLDER = "gguf"
"""Where its GGUF files lie."""

Precision = Literal["fp16", "bf16", "fp32"]
"""Of the weights of a merged model."""


class Checked(Record):
    """How near a converted model is to the one that was trained; each token of the answers was given."""

    texts: int
    """How many texts were looked at."""
    held_out: bool
    """The texts were held out; else there were none, and they are those that were learned."""
    places: int
    """Tokens that were predicted, over all texts."""
    agreement: float
    """Share of them for which both find the same token the likeliest, 0 to 1."""
    kl: float
    """Mean KL(trained || converted) over them, in nats: over the whole vocabulary."""
    ends: int
    """Texts at whose end the trained model stops by itself."""
    stopped: int
    """How many of these ends the converted one stops at, too."""
    ranks: int
    """Texts at whose end the end token has the same rank for both."""


class Runtime(Record):
    """How an adapter writes on this computer: `runtime.json` in its folder."""

    way: Literal["engine", "transformers"]
    """`engine`: llama.cpp with GGUF files, as the embedded model; `transformers`: a program of its own."""
    why: str
    """Why this way, in words."""
    digest: str
    """Content id of the adapter's weights: part of its name in cache keys."""
    context: int
    """How many tokens it can hold."""
    base: str = ""
    """engine: the GGUF file of the base, or of the merged model; transformers: the base, where it is now."""
    lora: str = ""
    """engine: the GGUF file of the adapter, absolute; empty when it is merged."""
    stamps: Mapping[str, str] = {}
    """Size and time of every file that all this holds for: when one is another, it holds no more."""
    checked: Checked | None = None
    """engine: what was compared."""


def stamp(path: Path) -> str:
    """A file's size and time. Raises OSError."""
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


class Shelved(Record):
    """An adapter on this computer."""

    name: str
    """What it is called."""
    folder: str
    """Where it lies, absolute."""
    state: Literal["trained", "running", "unfinished", "damaged", "baseless"]
    """`baseless`: the base that it was trained on is not there any more."""
    says: str = ""
    """What is missing, and what to type; empty: nothing."""
    size: int = 0
    """Bytes on the disk, with all that was made of it."""
    card: Card | None = None
    """All that is to be known of it; None before its training ended, or when it cannot be read."""
    runtime: Runtime | None = None
    """How it writes here; None: not settled, or not for these weights."""


class Merged(Record):
    """An adapter that was worked into its base: a folder that transformers reads."""

    folder: str
    """Where it lies."""
    precision: Precision
    """Of its weights."""
    size: int
    """Bytes."""
    texts: int
    """How many texts were looked at."""
    held_out: bool
    """The texts were held out; else they are those that were learned."""
    exact: float
    """The largest difference of a logit before the weights were rounded."""
    rounded: float
    """The same after they were written and read back."""
    agreement: float
    """Share of the tokens for which both find the same one the likeliest, 0 to 1."""
    kl: float
    """Mean KL(adapter || merged) over them, in nats."""
    digest: str = ""
    """Content id of the weights that it was made of."""
    files: tuple[str, ...] = ()
    """Its files, below its folder: they go when the weights are others, and nothing else does."""
    seconds: float
    """How long it took."""


class Converted(Record):
    """GGUF files of an adapter."""

    adapter: str = ""
    """The adapter alone; empty where the base's own weights were trained."""
    merged: str = ""
    """The merged model."""
    modelfile: str = ""
    """For Ollama."""
    size: int = 0
    """Bytes of all of them."""
    adapter_checked: Checked | None = None
    """The adapter on its base, where the base is a GGUF file."""
    merged_checked: Checked | None = None
    """The merged model."""
    digest: str = ""
    """Content id of the weights that they were made of."""
    seconds: float = 0.0
    """How long it took."""
