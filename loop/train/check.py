"""Looks at rows as the base model's tokenizer reads them, before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

from feedback.dataset.looking import spread
from feedback.dataset.splitting import split_row
from loop.counts import count
from loop.errors import TrainingError
from loop.model.dataset import Finding, Lengths, LongRow, Looked, Piece, Shown
from loop.model.training import Job, Method, Recipe, TrainingRow
from loop.train.bases import config_of, device_of, folder_of, tokenizer_of
from loop.train.numbers import context_of, longest_for
from loop.train.program import Out, serve
from loop.train.sharing import shared
from loop.train.tokens import Answer, Example, Tokenizer, example, rendered

_OFTEN = 100
"""Rows between two words on how far it is."""


class _Reading(NamedTuple):
    """How rows are read."""

    tokenizer: Tokenizer
    recipe: Recipe
    limit: int

    def length(self, row: TrainingRow) -> int:
        """Tokens of a row: of the longer of its texts, with the prompt."""
        return example(row, self.tokenizer, self.recipe).length


def check(request: dict[str, Any], out: Out) -> dict[str, Any]:
    """Measure every row, and look at template and mask; `split`: split what is too long."""
    job = Job.model_validate(request["job"])
    place = folder_of(job)
    device = device_of(job)
    limit = longest_for(device.type, context_of(config_of(place)), request["longest"])
    tokenizer = tokenizer_of(place, job.base)
    lengths: dict[Method, Lengths] = {}
    long: dict[Method, tuple[LongRow, ...]] = {}
    findings: list[Finding] = []
    shown: list[Shown] = []
    methods: tuple[Method, ...] = ("sft", "dpo")
    for method in methods:
        rows = [TrainingRow.model_validate(row) for row in request["rows"][method]]
        reading = _Reading(tokenizer, job.recipe.model_copy(update={"method": method}), limit)
        try:
            examples = list(_examples(rows, reading, out))
        except TrainingError as error:
            findings.append(Finding(kind="template", stop=True, says=error.message, hint=error.hint))
            break
        lengths[method] = _lengths(examples)
        long[method] = tuple(
            _too_long(one, reading, request["split"]) for one in examples if one.length > limit
        )
        findings += _faults(examples, tokenizer, method)
        findings += _cut(examples, request["replies"]) if method == "sft" else []
        if not shown:
            ordered = sorted(examples, key=lambda one: (one.length, one.row.id))
            shown = [_shown(one, tokenizer) for one in spread(ordered, request["shown"])]
    looked = Looked(
        base=job.base, limit=limit, lengths=lengths, long=long, findings=tuple(findings), shown=tuple(shown)
    )
    return looked.model_dump(mode="json")


def _examples(rows: Sequence[TrainingRow], reading: _Reading, out: Out) -> Iterator[Example]:
    for number, row in enumerate(rows, 1):
        yield example(row, reading.tokenizer, reading.recipe)
        if number % _OFTEN == 0:
            out.progress("counting tokens", number, len(rows), "rows")


def _lengths(examples: Sequence[Example]) -> Lengths:
    if not examples:
        return Lengths()
    sizes = [one.length for one in examples]
    answers = [one.chosen for one in examples]
    paired = [one for one in examples if one.rejected is not None]
    shares = [shared(one) / len(one.chosen.ids) for one in paired]
    return Lengths(
        rows=len(examples),
        tokens=sum(sizes),
        median=int(median(sizes)),
        longest=max(sizes),
        learned=sum(len(answer.ids) - answer.given for answer in answers),
        edited=sum(sum(answer.edited[answer.given :]) for answer in answers),
        shared=round(median(shares), 4) if shares else None,
    )


def _too_long(one: Example, reading: _Reading, split: bool) -> LongRow:  # noqa: FBT001 - as it was asked
    alone = {"rejected": "", "rejected_spans": ()} if one.rejected is None else {}
    parts = split_row(one.row.model_copy(update=alone), reading.length, reading.limit) if split else []
    return LongRow(id=one.row.id, brief=one.row.brief, tokens=one.length, parts=tuple(parts))


def _faults(examples: Sequence[Example], tokenizer: Tokenizer, method: Method) -> list[Finding]:
    """The first row of each kind that a model would learn wrongly from."""
    found: dict[str, Finding] = {}
    begin = tokenizer.bos_token_id
    for one in examples:
        place = {"id": one.row.id, "brief": one.row.brief, "stop": True, "of": method}
        answers = [one.chosen] + ([one.rejected] if one.rejected is not None else [])
        if begin is not None and one.prompt[:2] == (begin, begin):
            says = "The base model's chat template begins twice: every row would start with two marks."
            found.setdefault("start", Finding(kind="start", says=says, hint=_ANOTHER, **place))
        if not all(_ends(answer, one.row, tokenizer) for answer in answers):
            says = "The end of the answer would not be learned: the tuned model would never stop."
            found.setdefault("mask", Finding(kind="mask", says=says, hint=_ANOTHER, **place))
    return list(found.values())


_ANOTHER = "Choose another base model:   redraft dataset check --base NAME"


def _ends(answer: Answer, row: TrainingRow, tokenizer: Tokenizer) -> bool:
    """Whether something is learned, and last of it the token that ends the answer."""
    if not any(answer.weights[answer.given :]):
        return False
    if row.open:
        return True
    end = tokenizer.convert_tokens_to_ids(rendered(row, tokenizer).end)
    return bool(answer.ids[-1] == end and answer.weights[-1] > 0)


def _cut(examples: Sequence[Example], replies: Mapping[str, int]) -> Iterator[Finding]:
    """The steps that may not write as much as they learn to."""
    sizes: dict[str, list[int]] = {}
    for one in examples:
        step = one.row.id.split("/")[1].partition("#")[0]
        sizes.setdefault(step, []).append(len(one.chosen.ids))
    for step, longest in replies.items():
        over = sum(size > longest for size in sizes.get(step, ()))
        if over:
            most = max(sizes[step])
            yield Finding(
                kind="cut",
                says=f"The step “{step}” may answer with {longest:,} tokens, and learns "
                f"{count(over, 'text')} (of {len(sizes[step]):,}) with more: the longest has {most:,}.",
                hint=f"Raise embedded_tokens of that step in redraft.toml, such as to {most + 20}",
            )


def _shown(one: Example, tokenizer: Tokenizer) -> Shown:
    pieces = [Piece(kind="asked", text=tokenizer.decode(one.prompt))]
    answer = one.chosen
    before = ""
    for place in range(len(answer.ids)):
        kind = _kind(answer, place)
        if place + 1 < len(answer.ids) and _kind(answer, place + 1) == kind:
            continue
        text = tokenizer.decode(answer.ids[: place + 1], clean_up_tokenization_spaces=False)
        pieces.append(Piece(kind=kind, text=text[len(before) :]))
        before = text
    return Shown(id=one.row.id, brief=one.row.brief, split=one.row.split, pieces=tuple(pieces))


def _kind(answer: Answer, place: int) -> Any:
    if place < answer.given:
        return "given"
    return "edited" if answer.edited[place] else "learned"


if __name__ == "__main__":
    serve(check)
