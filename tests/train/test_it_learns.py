"""On the embedded base: what the scripted editor corrects is learned, and the drafts need less editing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from benchmarks.prelude.briefs import held_out, stream
from feedback.align import changes
from feedback.effort import effort
from loop.adapters.models.embedded.modelfiles import find, on_this_computer
from loop.demo.editor import Editor, draw
from loop.model import Estimate, Message
from loop.model.runs import Measured, Stepped
from loop.model.training import Job, Recipe, TrainingRow
from loop.statistics import mean_estimate
from loop.train import dpo, sft
from loop.train.bases import device_of, load
from loop.train.running import Setup, prepare
from loop.train.sampling import written
from loop.train.tokens import rendered
from pipelines.reply import whole_sentences
from tests.train.test_against_trl import Heard

pytestmark = [pytest.mark.slow, pytest.mark.model, pytest.mark.xdist_group("course")]
PAIRS, PREFERRED, MEASURING, SAMPLES = 40, 16, 8, 2
SHORT, LONG = 80, 125
"""Tokens of the drafts that are learned from, and of fresh ones, which find their end by themselves."""


class Course(NamedTuple):
    """Everything that one course of training gave."""

    untrained: list[float]
    """Held-out effort by brief."""
    tuned: list[float]
    """The same after sft."""
    sft: Heard
    dpo: Heard


def asked(brief: str) -> tuple[Message, ...]:
    """The bare brief: no rule is told."""
    return (Message(role="user", content=brief),)


def drafted(
    model: Any, tokenizer: Any, briefs: Sequence[str], *, seed: int, tokens: int = SHORT
) -> list[str]:
    rows = [TrainingRow(id="x", brief="x", prompt=asked(brief), chosen="x") for brief in briefs]
    prompts = [
        tokenizer(rendered(row, tokenizer).prompt, add_special_tokens=False)["input_ids"] for row in rows
    ]
    texts = written(
        model,
        tokenizer,
        prompts,
        tokens=tokens,
        end=tokenizer.eos_token_id,
        temperature=0.7,
        top_p=0.95,
        seed=seed,
        half=model.dtype == torch.bfloat16,
    )
    return [whole_sentences(text) for text in texts]


def pair(number: int, brief: str, draft: str, final: str) -> TrainingRow:
    found = changes(draft, final)
    return TrainingRow(
        id=f"p{number}",
        brief=f"b{number}",
        prompt=asked(brief),
        chosen=final,
        rejected=draft,
        chosen_spans=tuple((one.final_start, one.final_end) for one in found),
        rejected_spans=tuple((one.draft_start, one.draft_end) for one in found),
    )


def efforts(model: Any, tokenizer: Any, briefs: Sequence[str], editor: Editor) -> list[float]:
    """What the editor would have to change in fresh drafts, by brief."""
    by_brief: list[list[float]] = [[] for _ in briefs]
    for sample in range(SAMPLES):
        for place, draft in enumerate(drafted(model, tokenizer, briefs, seed=100 + sample, tokens=LONG)):
            by_brief[place].append(effort(draft, editor.edit(draft).text))
    return [sum(some) / len(some) for some in by_brief]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, bases: Path) -> Course:
    place = tmp_path_factory.mktemp("course")
    every = [brief.text for brief in stream(0, 48)]
    briefs, others = every[:PAIRS], [*every[PAIRS:], *(brief.text for brief in held_out())]
    editor = Editor(draw(1))
    first = job(place, bases, "sft", "", epochs=2, batch=4, evaluations=1, learning_rate=3e-4)
    base = load(first, device_of(first))
    texts = drafted(base.model, base.tokenizer, briefs, seed=1)
    edited = [(brief, draft, editor.edit(draft).text) for brief, draft in zip(briefs, texts, strict=True)]
    pairs = [pair(number, *one) for number, one in enumerate(edited) if one[1] != one[2]]
    assert len(pairs) == PAIRS
    fresh = drafted(base.model, base.tokenizer, others, seed=2)
    measuring = [
        pair(100 + number, brief, draft, editor.edit(draft).text)
        for number, (brief, draft) in enumerate(zip(others, fresh, strict=True))
        if editor.edit(draft).text != draft
    ][:MEASURING]
    untrained = efforts(base.model, base.tokenizer, others, editor)
    setup, heard = ready(first, pairs, measuring), Heard()
    sft.run(setup, heard)
    setup.trainable.put_away(Path(first.folder))
    tuned = efforts(setup.base.model, setup.base.tokenizer, others, editor)
    second = job(
        place, bases, "dpo", f"{first.folder}/adapter", epochs=1, batch=4, evaluations=1, learning_rate=1e-5
    )
    preferred = Heard()
    dpo.run(ready(second, pairs[:PREFERRED], measuring), preferred)
    return Course(untrained, tuned, heard, preferred)


def job(place: Path, bases: Path, method: str, start: str, **numbers: object) -> Job:
    folder = place / method
    folder.mkdir()
    return Job(
        name=method,
        folder=str(folder),
        base=str(find(on_this_computer())),
        bases=str(bases),
        start=start,
        recipe=Recipe.model_validate({"method": method, "tokens": 1024, **numbers}),
        device="cpu",
    )


def ready(one: Job, pairs: Sequence[TrainingRow], measuring: Sequence[TrainingRow]) -> Setup:
    for name, rows in (("rows.jsonl", pairs), ("held_out.jsonl", measuring)):
        text = "".join(row.model_dump_json() + "\n" for row in rows)
        Path(one.folder, name).write_text(text, encoding="utf-8")
    return prepare(one)


def difference(course: Course) -> Estimate:
    apart = (after - before for before, after in zip(course.untrained, course.tuned, strict=True))
    found = mean_estimate(apart, within=(-1.0, 1.0))
    assert found is not None
    return found


def test_the_bare_model_needs_less_editing(course: Course) -> None:
    """Paired by brief, without a rule in the prompt: the whole interval lies below none."""
    found = difference(course)
    print(f"held-out effort, tuned minus untuned, {len(course.tuned)} briefs: {found}")  # noqa: T201 - with -s
    assert found.high < 0, str(found)


def test_held_out_finals_get_likelier(course: Course) -> None:
    found = [event for event in course.sft.events if isinstance(event, Measured)]
    assert min(one.loss for one in found) < found[0].loss - 0.05
    assert found[0].kl == 0.0


def test_preferences_widen_the_margin_and_lose_nothing(course: Course) -> None:
    found = [event for event in course.dpo.events if isinstance(event, Measured)]
    margins = [one.margin for one in found if one.margin is not None]
    assert margins[0] == pytest.approx(0.0, abs=1e-3)
    assert margins[-1] > 0.01
    assert found[-1].loss <= found[0].loss + 0.01
    steps = [event.chosen for event in course.dpo.events if isinstance(event, Stepped)]
    late = [chosen for chosen in steps[len(steps) // 2 :] if chosen is not None]
    assert sum(late) / len(late) > -0.1
