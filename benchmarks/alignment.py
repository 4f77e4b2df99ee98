"""Word alignment of a 10,000-word piece with 300 scattered edits, against difflib on the same words.

Two comparisons: the word alignment with difflib on the same words; and all of `changes()` (blocks,
sentences, words, blank space, kinds, ids) with the difflib alignment that keeps every byte too.
"""

from __future__ import annotations

import argparse
import difflib
import random
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import TypeVar

from feedback.align import changes
from feedback.align.wording import equal_runs
from loop.text.words import tokens

T = TypeVar("T")
TARGET = 20.0
WORDS = 10_000
EDITS = 300
_COMMON = (
    "the of and to a in is that it was for on as with his they at be this from have or by one had not but"
    " what all were when we there can an your which their said if do will each about how up out them then"
    " she many some so these would other into has more her two like him see time could no make than first"
).split()
_SYLLABLES = "ba ce di fo gu ha ki lo mu ne pa qui ro sa ti vu wen yar zel thor".split()


def piece(rng: random.Random) -> list[list[list[str]]]:
    """Paragraphs of sentences of words, which are as frequent as words of English are (Zipf-Mandelbrot)."""
    rare = ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 4))) for _ in range(8000)]
    vocabulary = [*_COMMON, *dict.fromkeys(rare)]
    weights = [1 / (rank + 2) for rank in range(len(vocabulary))]
    paragraphs: list[list[list[str]]] = []
    left = WORDS
    while left > 0:
        paragraph = []
        for _ in range(rng.randint(2, 7)):
            length = min(left, rng.randint(6, 26))
            if length:
                row = rng.choices(vocabulary, weights, k=length)
                paragraph.append([row[0].capitalize(), *row[1:]])
                left -= length
        paragraphs.append(paragraph)
    return paragraphs


def edit(paragraphs: list[list[list[str]]], rng: random.Random) -> None:
    """Replace, insert or delete one word, EDITS times, scattered over the whole piece."""
    places = [
        (sentence, place)
        for paragraph in paragraphs
        for sentence in paragraph
        for place in range(len(sentence))
    ]
    chosen = sorted(rng.sample(range(len(places)), EDITS), reverse=True)
    for number in chosen:
        sentence, place = places[number]
        word = "".join(rng.choices(_SYLLABLES, k=3))
        action = rng.choice(("replace", "insert", "delete"))
        if action == "replace" or (action == "delete" and len(sentence) == 1):
            sentence[place] = word
        elif action == "insert":
            sentence.insert(place, word)
        else:
            del sentence[place]


def text_of(paragraphs: list[list[list[str]]]) -> str:
    """The piece as Markdown."""
    return "\n\n".join(
        " ".join(" ".join(sentence) + "." for sentence in paragraph) for paragraph in paragraphs
    )


def words_of(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


def changed_by_difflib(draft: list[str], final: list[str]) -> int:
    """Words of both texts that difflib does not match."""
    opcodes = difflib.SequenceMatcher(None, draft, final, autojunk=False).get_opcodes()
    return sum((d_end - d) + (f_end - f) for tag, d, d_end, f, f_end in opcodes if tag != "equal")


def with_blanks(text: str) -> list[str]:
    """Words, marks and the blank space between them: what difflib needs to keep every byte."""
    found, position = [], 0
    for token in tokens(text):
        found += [text[position : token.start], text[token.start : token.end]]
        position = token.end
    return [piece for piece in [*found, text[position:]] if piece]


def timed(work: Callable[[], T], runs: int = 1) -> tuple[float, T]:
    """Median seconds, and the result."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return median(times), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)  # noqa: S311 - a drawn text, no secret
    paragraphs = piece(rng)
    draft = text_of(paragraphs)
    edit(paragraphs, rng)
    final = text_of(paragraphs)
    words_d, words_f = words_of(draft), words_of(final)
    print(f"{len(words_d)} and {len(words_f)} words and marks, {EDITS} edits, seed {arguments.seed}")

    alone, runs = timed(lambda: equal_runs(words_d, words_f), arguments.runs)
    whole, found = timed(lambda: changes(draft, final), arguments.runs)
    plain, changed_difflib = timed(lambda: changed_by_difflib(words_d, words_f))
    print("difflib on the words with the blank space between them takes a while ...", flush=True)
    exact, _ = timed(lambda: changed_by_difflib(with_blanks(draft), with_blanks(final)))

    changed_alone = len(words_d) + len(words_f) - 2 * sum(run.length for run in runs)
    changed = sum(len(words_of(change.before)) + len(words_of(change.after)) for change in found)
    print(f"word alignment       {alone:8.4f} s  {changed_alone:4d} changed words")
    print(f"difflib, same words  {plain:8.4f} s  {changed_difflib:4d} changed words")
    print(f"  ratio {plain / alone:.0f}x (target {TARGET:.0f}x)")
    print(f"changes()            {whole:8.4f} s  {changed:4d} changed words in {len(found)} Changes")
    print(f"difflib, every byte  {exact:8.4f} s")
    print(
        f"  ratio {exact / whole:.0f}x (target {TARGET:.0f}x); to difflib on words alone {plain / whole:.1f}x"
    )
    if min(plain / alone, exact / whole) < TARGET or max(changed, changed_alone) > changed_difflib:
        print("target missed")
        sys.exit(1)


if __name__ == "__main__":
    main()
