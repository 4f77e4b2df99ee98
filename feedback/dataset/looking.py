"""Looks over what was gathered, and says what a writer should know of it before it is learned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import TypeVar

from feedback.dataset.confidential import covered, delicate
from feedback.dataset.doubles import common, doubles
from feedback.dataset.gather import Gathered, Source
from loop.counts import count, percent
from loop.model import Record
from loop.model.dataset import Finding, Piece, Shown
from loop.model.training import TrainingRow

Item = TypeVar("Item")

_LOPSIDED = 0.25
"""A brief that gives more than this share of the pairs, and three times its even share, tips the scales."""
_ENOUGH = 10
"""Of fewer pairs nobody expects that they are even."""


class Overview(Record):
    """The data in numbers; held-out rows are counted apart."""

    pairs: int = 0
    """Edit pairs that give rows to learn from."""
    choices: int = 0
    """Picked takes that give rows to learn from."""
    held_out: int = 0
    """Pairs and picked takes that only measure."""
    briefs: int = 0
    """Briefs that they belong to."""
    sft: int = 0
    """Rows to learn finals from."""
    dpo: int = 0
    """Rows to learn preferences from."""
    edits: float = 0.0
    """Median number of places that were changed in a text."""
    shared: float = 0.0
    """Median share of a final that stands before its first change."""


def overview(gathered: Gathered) -> Overview:
    """Count what was gathered."""
    learning = [source for source in gathered.sources if source.split == "train"]
    edited = [row for row in gathered.sft if row.chosen_spans and row.rejected]
    return Overview(
        pairs=sum(source.id.startswith("p") for source in learning),
        choices=sum(source.id.startswith("t") for source in learning),
        held_out=len(gathered.sources) - len(learning),
        briefs=len({source.brief.id for source in learning}),
        sft=sum(row.split == "train" for row in gathered.sft),
        dpo=sum(row.split == "train" for row in gathered.dpo),
        edits=median([len(row.chosen_spans) for row in edited] or [0]),
        shared=round(median([row.chosen_spans[0][0] / len(row.chosen) for row in edited] or [0.0]), 4),
    )


def look_over(gathered: Gathered) -> tuple[Finding, ...]:
    """What can be seen in the texts alone: first what stops, then what is worth a look."""
    learning = [source for source in gathered.sources if source.split == "train"]
    measuring = [source for source in gathered.sources if source.split == "held_out"]
    found = [
        *_leaks(learning, measuring),
        *_unmeasured(learning, measuring),
        *_secrets(gathered.sources),
        *_contradictions(learning),
        *_doubles(learning),
        *_marks(learning),
        *_lopsided(learning),
    ]
    return tuple(found)


def _leaks(learning: Sequence[Source], measuring: Sequence[Source]) -> Iterator[Finding]:
    for double in common([one.better for one in measuring], [one.better for one in learning]):
        held, trained = measuring[double.later], learning[double.earlier]
        how = "the same text as" if double.likeness == 100 else f"{double.likeness:.0f}% the same as"
        yield Finding(
            kind="leak",
            stop=True,
            id=held.id,
            brief=held.brief.id,
            says=f"Its text only measures, and is {how} that of “{trained.brief.id}”, which is learned.",
            hint=f"Put both on one side: split: held_out at the top of briefs/{trained.brief.id}.md, "
            f"or take one back: redraft withdraw {held.brief.id}",
        )


def _unmeasured(learning: Sequence[Source], measuring: Sequence[Source]) -> Iterator[Finding]:
    if learning and not measuring:
        yield Finding(
            kind="unmeasured",
            says="No pair is held out: nobody will see whether the tuned model writes better.",
            hint="Write split: held_out at the top of some briefs/NAME.md; one in ten is enough.",
        )


def _secrets(sources: Sequence[Source]) -> Iterator[Finding]:
    for source in sources:
        better, worse = ("final", "draft") if source.id.startswith("p") else ("picked take", "other take")
        texts = [("brief", source.brief.text), (better, source.better)]
        texts += [(worse, text) for text in source.worse]
        seen: set[tuple[str, str]] = set()
        for name, text in texts:
            for one in delicate(text):
                if (one.what, one.masked) in seen:
                    continue
                seen.add((one.what, one.masked))
                yield Finding(
                    kind=one.kind,
                    id=source.id,
                    brief=source.brief.id,
                    says=f"The {name} has what looks like {one.what} in line {one.line}: {one.masked}",
                    hint="Correct the draft again without it, or take the final back: redraft withdraw NAME",
                )


def _contradictions(learning: Sequence[Source]) -> Iterator[Finding]:
    wanted: dict[tuple[str, str], Source] = {}
    for source in learning:
        wanted.setdefault((source.brief.text, _plain(source.better)), source)
    for source in learning:
        for text in source.worse:
            other = wanted.get((source.brief.text, _plain(text)))
            if other is not None and other.id != source.id:
                yield Finding(
                    kind="contradiction",
                    id=source.id,
                    brief=source.brief.id,
                    says=f"You changed a text here that you wanted as it is in {other.id}.",
                    of="dpo",
                )


def _doubles(learning: Sequence[Source]) -> Iterator[Finding]:
    for double in doubles([source.better for source in learning]):
        later, earlier = learning[double.later], learning[double.earlier]
        yield Finding(
            kind="duplicate",
            id=later.id,
            brief=later.brief.id,
            says=f"Its text is {double.likeness:.0f}% the same as that of {earlier.id} "
            f"(“{earlier.brief.id}”): it counts twice.",
        )


def _marks(learning: Sequence[Source]) -> Iterator[Finding]:
    for source in learning:
        letters = [sign for sign in source.better if sign.isalnum()]
        if source.id.startswith("p") and letters == [sign for sign in source.worse[0] if sign.isalnum()]:
            says = "Only punctuation marks were changed."
            yield Finding(kind="marks", id=source.id, brief=source.brief.id, says=says)


def _lopsided(learning: Sequence[Source]) -> Iterator[Finding]:
    briefs = Counter(source.brief.id for source in learning)
    if len(learning) < _ENOUGH:
        return
    even = len(learning) / len(briefs)
    for brief, number in briefs.items():
        if number > _LOPSIDED * len(learning) and number > 3 * even:
            yield Finding(
                kind="lopsided",
                brief=brief,
                says=f"{count(number, 'pair')} of {len(learning):,} ({percent(number / len(learning))}) "
                f"belong to this one brief: the tuned model will lean to it.",
            )


def shown(rows: Sequence[TrainingRow], number: int) -> tuple[Shown, ...]:
    """Some rows with what is learned of them, from the shortest to the longest."""
    ordered = sorted(rows, key=lambda row: (len(row.chosen), row.id))
    return tuple(
        Shown(id=row.id, brief=row.brief, split=row.split, pieces=tuple(_pieces(row)))
        for row in spread(ordered, number)
    )


def spread(ordered: Sequence[Item], number: int) -> list[Item]:
    """So many of what is ordered, as far apart as they can be."""
    number = min(number, len(ordered))
    return [ordered[(2 * place + 1) * len(ordered) // (2 * number)] for place in range(number)]


def presentable(one: Shown) -> Shown:
    """A row as it may stand on a screen or in a log: what nobody should learn by heart is masked."""
    asked = sum(piece.kind == "asked" for piece in one.pieces)  # nothing says where it ended in the text
    texts = [piece.text for piece in one.pieces]
    texts = [*covered(texts[:asked]), *covered(texts[asked:])]
    pieces = [
        piece.model_copy(update={"text": text}) for piece, text in zip(one.pieces, texts, strict=True) if text
    ]
    return one.model_copy(update={"pieces": tuple(pieces)})


def _pieces(row: TrainingRow) -> Iterator[Piece]:
    yield Piece(kind="asked", text="\n\n".join(message.content for message in row.prompt))
    if row.lead:
        yield Piece(kind="given", text=row.lead)
    place = 0
    for start, end in row.chosen_spans:
        if place < start:
            yield Piece(kind="learned", text=row.chosen[place:start])
        if start < end:
            yield Piece(kind="edited", text=row.chosen[start:end])
        place = end
    if place < len(row.chosen):
        yield Piece(kind="learned", text=row.chosen[place:])


def _plain(text: str) -> str:
    return " ".join(text.split())
