"""Whether a tuned model writes whole passages of the texts it learned from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from feedback.dataset.confidential import covered
from loop.model.runs import Alarmed
from loop.train.sampling import written
from loop.train.scoring import Scorer
from loop.train.tokens import Example, Tokenizer

_RUN = 12
"""So many words in a row are a passage: shorter runs are phrases that anybody may use."""
_TEXTS, _TOKENS = 4, 128
"""How many held-out briefs are answered, and how far."""


def recited(
    scorer: Scorer,
    tokenizer: Tokenizer,
    train: Sequence[Example],
    held_out: Sequence[Example],
    *,
    together: bool = False,
) -> str:
    """A passage of a final that the model gives back word for word when it is asked for something else.

    As it may be shown: what nobody should learn by heart is masked.
    """
    asked = held_out[:_TEXTS]
    if not asked:
        return ""
    texts = written(
        scorer.model,
        tokenizer,
        [one.prompt for one in asked],
        tokens=_TOKENS,
        end=end_of((*held_out, *train), tokenizer),
        half=scorer.half,
        together=together,
    )
    known = [one.row.chosen for one in held_out]
    return passage(texts, [one.row.chosen for one in train], known)


def end_of(examples: Sequence[Example], tokenizer: Tokenizer) -> int:
    """The token that ends an answer; a text that goes on behind its part has none."""
    ends = (one.chosen.ids[-1] for one in examples if not one.row.open)
    return int(next(ends, tokenizer.eos_token_id))


def passage(texts: Sequence[str], finals: Sequence[str], known: Sequence[str] = ()) -> str:
    """The first run of 12 words of a text that stands in one final alone, and in nothing of `known`.

    What stands in two finals and more is how the writer writes, and shall be learned. Secrets are masked,
    also those that the run has only a part of.
    """
    runs = Counter(run for final in finals for run in set(_runs(final)))
    fine = {run for text in known for run in _runs(text)}
    for text in texts:
        for run in _runs(text):
            if runs[run] == 1 and run not in fine:
                return _shown(run, next(final for final in finals if run in _runs(final)))
    return ""


def _shown(run: tuple[str, ...], final: str) -> str:
    """The run, cut out of its final when that is masked: the model may have ended within a secret."""
    words, place = final.split(), _runs(final).index(run)
    parts = (words[:place], run, words[place + _RUN :])
    _, found, _ = covered([" ".join([*part, ""]) for part in parts])
    return found.strip() or "…"


def alarm(step: int, found: str) -> Alarmed:
    """What is said of a passage that may be shown."""
    return Alarmed(
        step=step,
        name="memorised",
        says=f"It gives back a passage of your texts word for word: “{found}”.",
        advice="It learned them by heart rather than how you write. More pairs help; so do fewer epochs.",
        action="goes_on",
    )


def unknown(step: int) -> Alarmed:
    """What is said where nobody could look for passages."""
    return Alarmed(
        step=step,
        name="memory",
        says="Whether it gives back passages of your texts could not be looked at: the memory ran out.",
        advice="Nothing else is missing. Close other programs before you train again.",
        action="goes_on",
    )


def _runs(text: str) -> list[tuple[str, ...]]:
    words = text.split()
    return [tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)]
