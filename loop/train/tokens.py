"""Rows as tokens: what is read, what is learned, and how much each token counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from loop.errors import TrainingError
from loop.model.training import Recipe, Span, TrainingRow

Tokenizer = Any
"""A fast tokenizer of transformers."""


class Answer(NamedTuple):
    """One text that a model gives back, token by token; the last one ends the turn."""

    ids: tuple[int, ...]
    """Its tokens; what was given and is not learned stands first."""
    given: int
    """So many of them are given."""
    weights: tuple[float, ...]
    """How much each token counts; 0 for those that are given."""
    edited: tuple[bool, ...]
    """Which of them the writer touched."""


class Example(NamedTuple):
    """A row, tokenised."""

    row: TrainingRow
    """Where it comes from."""
    prompt: tuple[int, ...]
    """What the model reads."""
    chosen: Answer
    """What it shall write."""
    rejected: Answer | None
    """What it wrote, if that is learned from."""

    @property
    def length(self) -> int:
        """Tokens of its longer text with the prompt: what has to fit."""
        answers = [self.chosen] + ([self.rejected] if self.rejected is not None else [])
        return len(self.prompt) + max(len(answer.ids) for answer in answers)


class Turns(NamedTuple):
    """A prompt as the chat template writes it."""

    prompt: str
    """All that stands before the answer."""
    end: str
    """What ends the answer: the text of the tokenizer's end token."""


def rendered(row: TrainingRow, tokenizer: Tokenizer) -> Turns:
    """The row's prompt in the model's own form. Raises TrainingError where the template does not serve.

    The rendered prompt must be the beginning of the rendered conversation with the answer in it, and the
    end token must follow the answer: only then does the model learn what it will be asked for.
    """
    if not getattr(tokenizer, "chat_template", None):
        raise TrainingError(
            "The base model has no chat template: it is not made to be asked for something.",
            hint="Choose its instruct version:   redraft train plan --base NAME-Instruct",
        )
    messages = [{"role": turn.role, "content": turn.content} for turn in row.prompt]
    answer = {"role": "assistant", "content": row.chosen.strip()}
    settings = {"tokenize": False, "enable_thinking": False}
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, **settings)
    whole = tokenizer.apply_chat_template([*messages, answer], **settings)
    end = tokenizer.eos_token
    if not whole.startswith(prompt):
        raise TrainingError(
            "The base model's chat template writes a prompt in one way and a whole conversation in another.",
            hint="Choose another base model:   redraft train plan --base NAME",
        )
    rest = whole[len(prompt) :]
    if not rest.startswith(answer["content"]):
        raise TrainingError(
            "The base model's chat template changes the answer that is put into it.",
            hint="Choose another base model:   redraft train plan --base NAME",
        )
    stop = _stop(rest[len(answer["content"]) :], end, tokenizer)
    return Turns(prompt, stop)


def _stop(behind: str, end: str | None, tokenizer: Tokenizer) -> str:
    """The token that the template puts behind an answer: the tokenizer's end token, or a turn's end."""
    marks = [end] if end else []
    marks += [mark for mark in tokenizer.all_special_tokens if mark not in marks]
    found = [mark for mark in marks if behind.lstrip("\n ").startswith(mark)]
    if found:
        return str(found[0])
    if end and not behind.strip():  # a template that leaves the end to the caller
        return end
    raise TrainingError(
        "The base model's chat template puts no end behind an answer: it would never learn to stop.",
        hint="Choose another base model:   redraft train plan --base NAME",
    )


def example(row: TrainingRow, tokenizer: Tokenizer, recipe: Recipe) -> Example:
    """Tokenise a row and weigh its tokens. Raises TrainingError as `rendered` does.

    sft: a token of an edited passage counts `span_weight`, another one 1. dpo: an edited token counts 1
    and a token behind the first edit `suffix_weight`; what stands before it cancels.
    """
    turns = rendered(row, tokenizer)
    prompt = tuple(tokenizer(turns.prompt, add_special_tokens=False)["input_ids"])
    paired = recipe.method == "dpo"
    inside = 1.0 if paired else recipe.span_weight
    outside = recipe.suffix_weight if paired else 1.0
    if row.open:
        turns = turns._replace(end="")
    chosen = _answer(turns, row.lead, row.chosen, row.chosen_spans, tokenizer, prompt, inside, outside)
    rejected = None
    if paired and row.rejected:
        rejected = _answer(
            turns, row.lead, row.rejected, row.rejected_spans, tokenizer, prompt, inside, outside
        )
    return Example(row, prompt, chosen, rejected)


def _answer(
    turns: Turns,
    lead: str,
    text: str,
    spans: Sequence[Span],
    tokenizer: Tokenizer,
    prompt: tuple[int, ...],
    inside: float,
    outside: float,
) -> Answer:
    """The tokens of `lead` and `text` behind the prompt.

    They are made from the whole conversation where its beginning has the prompt's own tokens, and from the
    answer alone where a token would run over the border: a model that is asked never sees such a one.
    """
    skipped = 0 if lead else len(text) - len(text.lstrip())
    answer = lead + (text[skipped:].rstrip() if turns.end else text[skipped:]) + turns.end
    whole = tokenizer(turns.prompt + answer, add_special_tokens=False, return_offsets_mapping=True)
    start = len(turns.prompt)
    ids, offsets = whole["input_ids"], whole["offset_mapping"]
    if tuple(ids[: len(prompt)]) == prompt:
        ids, offsets = ids[len(prompt) :], offsets[len(prompt) :]
    else:
        alone = tokenizer(answer, add_special_tokens=False, return_offsets_mapping=True)
        ids, offsets, start = alone["input_ids"], alone["offset_mapping"], 0
    shift = start + len(lead)
    given = sum(end <= shift for _, end in offsets) if lead else 0
    touched = _touched([(left - shift, right - shift) for left, right in offsets], spans, skipped)
    weights = [0.0] * given + [inside if hit else outside for hit in touched[given:]]
    return Answer(tuple(ids), given, tuple(weights), tuple(touched))


def _touched(offsets: Sequence[Span], spans: Sequence[Span], skipped: int) -> list[bool]:
    """Which tokens hold a part of a span; an empty span touches the token that follows it."""
    edges = sorted((start - skipped, end - skipped) for start, end in spans)
    touched, place = [], 0
    for left, right in offsets:
        while place < len(edges) and max(edges[place][1], edges[place][0] + 1) <= left:
            place += 1
        hit = place < len(edges) and edges[place][0] < right
        touched.append(hit and right > left)
    return touched
