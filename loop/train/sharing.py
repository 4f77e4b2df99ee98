"""Which tokens go through the model together: rows side by side, and what two texts share only once.

For a loss that depends on the difference of two log-likelihoods alone, each token of the longest common
prefix of chosen and rejected has the same context in both, hence the same log-probability and the same
gradient with opposite signs: it cancels in value and in gradient. So a pair is a trunk (prompt and common
prefix) with two branches that see the trunk and not each other, and only the branches are scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from loop.train.tokens import Answer, Example


class Segment(NamedTuple):
    """A run of tokens; each sees its parent's tokens and those of its own that stand before it."""

    start: int
    """Its first token's place in the row."""
    end: int
    """The place behind its last one."""
    parent: tuple[int, int] = (0, 0)
    """Start and end of what it goes on from; empty for one that begins by itself."""
    position: int = 0
    """The position of its first token: how many tokens stand before it in its own text."""


class Scored(NamedTuple):
    """Tokens of one text that are scored."""

    example: int
    """The example's place in the list that was packed."""
    chosen: bool
    """The writer's text, or the draft."""
    start: int
    """Where its targets begin in the pack's list."""
    end: int
    """Where they end."""


class Pack(NamedTuple):
    """What goes through the model at once, as one row."""

    ids: tuple[int, ...]
    """Tokens, [L]."""
    positions: tuple[int, ...]
    """Their positions, [L]."""
    segments: tuple[Segment, ...]
    """Which sees what; in order, and together they cover the row."""
    sources: tuple[int, ...]
    """Places whose hidden state predicts a target, [S]."""
    targets: tuple[int, ...]
    """The tokens to be predicted, [S]."""
    weights: tuple[float, ...]
    """How much each target counts, [S]."""
    texts: tuple[Scored, ...]
    """To whom the targets belong."""

    @property
    def length(self) -> int:
        """How many tokens it has."""
        return len(self.ids)


def common_prefix(left: Sequence[int], right: Sequence[int]) -> int:
    """How many tokens two texts begin with alike; one less where one is the other's beginning."""
    most = min(len(left), len(right)) - 1
    for place in range(max(0, most)):
        if left[place] != right[place]:
            return place
    return max(0, most)


def shared(example: Example) -> int:
    """How many tokens draft and final of an example begin with alike, behind the prompt."""
    return common_prefix(example.chosen.ids, example.rejected.ids) if example.rejected is not None else 0


def tokens_of(example: Example, *, share: bool) -> int:
    """How many tokens an example sends through the model."""
    if example.rejected is None:
        return len(example.prompt) + len(example.chosen.ids)
    both = len(example.chosen.ids) + len(example.rejected.ids)
    if share:
        return len(example.prompt) + both - shared(example)
    return 2 * len(example.prompt) + both


class _Building:
    """A pack as it grows."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.positions: list[int] = []
        self.segments: list[Segment] = []
        self.sources: list[int] = []
        self.targets: list[int] = []
        self.weights: list[float] = []
        self.texts: list[Scored] = []

    def run(self, tokens: Sequence[int], parent: Segment | None = None) -> Segment:
        """Put tokens in, behind a parent or by themselves."""
        start = len(self.ids)
        first = 0 if parent is None else parent.end - parent.start
        span = (0, 0) if parent is None else (parent.start, parent.end)
        segment = Segment(start, start + len(tokens), span, first)
        self.ids += tokens
        self.positions += range(first, first + len(tokens))
        self.segments.append(segment)
        return segment

    def score(
        self, number: int, answer: Answer, segment: Segment, *, since: int = 0, chosen: bool = True
    ) -> None:
        """Score an answer's tokens from number `since` on, which end its segment; not what was given.

        A branch's first token is predicted by the last one of what it goes on from.
        """
        begin = len(self.targets)
        for number_in_answer in range(max(since, answer.given), len(answer.ids)):
            place = segment.end - len(answer.ids) + number_in_answer
            branches_off = place == segment.start and segment.parent[1] > segment.parent[0]
            self.sources.append(segment.parent[1] - 1 if branches_off else place - 1)
            self.targets.append(answer.ids[number_in_answer])
            self.weights.append(answer.weights[number_in_answer])
        self.texts.append(Scored(number, chosen, begin, len(self.targets)))

    def pack(self) -> Pack:
        return Pack(
            tuple(self.ids),
            tuple(self.positions),
            tuple(self.segments),
            tuple(self.sources),
            tuple(self.targets),
            tuple(self.weights),
            tuple(self.texts),
        )


def pack_up(numbers: Iterable[int], examples: Sequence[Example], *, share: bool = True) -> Pack:
    """One pack of these examples; `share`: pairs as trunk and branches. What cancels is never scored."""
    building = _Building()
    for number in numbers:
        one = examples[number]
        if one.rejected is None:
            whole = building.run((*one.prompt, *one.chosen.ids))
            building.score(number, one.chosen, whole)
            continue
        common = shared(one)
        trunk = building.run((*one.prompt, *one.chosen.ids[:common])) if share else None
        for answer in (one.chosen, one.rejected):
            tokens = answer.ids[common:] if share else (*one.prompt, *answer.ids)
            segment = building.run(tokens, trunk)
            building.score(number, answer, segment, since=common, chosen=answer is one.chosen)
    return building.pack()
