"""What the base's tokenizer makes of rows, before anything is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from feedback.dataset.splitting import split_row
from loop.events import Event
from loop.model.dataset import Looked
from loop.model.training import Job, Recipe, TrainingRow
from loop.train import check as program
from loop.train.numbers import longest_for
from loop.train.tokens import example
from tests.train.conftest import rows


class Heard:
    """Hears of progress."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def progress(self, *what: Any) -> None:
        self.events.append(what)  # type: ignore[arg-type]


def looked(
    base: Path,
    given: list[TrainingRow],
    *,
    longest: int | None = 400,
    split: bool = False,
    shown: int = 2,
    replies: dict[str, int] | None = None,
) -> Looked:
    job = Job(name="", folder="", base=str(base), bases="", recipe=Recipe(method="sft"), device="cpu")
    texts = [row.model_copy(update={"id": f"{row.id}/post"}).model_dump(mode="json") for row in given]
    request = {
        "job": job.model_dump(),
        "rows": {"sft": texts, "dpo": texts},
        "split": split,
        "longest": longest,
        "shown": shown,
        "replies": replies or {},
    }
    return Looked.model_validate(program.check(request, Heard()))  # type: ignore[arg-type]


def with_template(base: Path, folder: Path, template: str, **more: Any) -> Path:
    """The base with another chat template."""
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.chat_template = template
    for name, value in more.items():
        setattr(tokenizer, name, value)
    tokenizer.save_pretrained(folder)
    folder.joinpath("config.json").write_text(base.joinpath("config.json").read_text(), encoding="utf-8")
    return folder


def test_sound_rows_are_measured_and_shown_down_to_the_sign_that_ends_them(tiny_base: Path) -> None:
    given = rows(12)
    found = looked(tiny_base, given)
    assert (found.limit, found.findings, found.long) == (400, (), {"sft": (), "dpo": ()})
    assert found.lengths["sft"].rows == found.lengths["dpo"].rows == 12
    assert found.lengths["sft"].edited < found.lengths["sft"].learned < found.lengths["sft"].tokens
    assert found.lengths["sft"].shared is None
    assert 0 < (found.lengths["dpo"].shared or 0) < 1
    texts = {f"{row.id}/post": row.chosen for row in given}
    for row in found.shown:
        learned = "".join(piece.text for piece in row.pieces[1:])
        assert learned == f"{texts[row.id]}<|im_end|>"
        assert row.pieces[0].text.endswith("<|im_start|>assistant\n")


def test_the_models_own_limit_counts_when_it_is_the_lower_one(tiny_base: Path) -> None:
    assert looked(tiny_base, rows(1), longest=4096).limit == 512
    assert looked(tiny_base, rows(1), longest=None).limit == 512
    assert longest_for("cuda", 40_960) == 16_384
    assert longest_for("cpu", 40_960) == 2048


TURN = "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' }}"
LOOP = f"{{% for message in messages %}}{TURN}{{% endfor %}}"
ASKS = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"


@pytest.mark.parametrize(
    ("template", "kind", "says"),
    [
        (LOOP + "{% if add_generation_prompt %}{{ 'Answer: ' }}{% endif %}", "template", "in one way"),
        (LOOP.replace("<|im_end|>", "\n#") + ASKS, "template", "no end behind an answer"),
        (
            LOOP.replace("+ message['content'] +", "+ message['content'] | upper +") + ASKS,
            "template",
            "changes",
        ),
        ("{{ bos_token }}{{ bos_token }}" + LOOP + ASKS, "start", "begins twice"),
    ],
)
def test_a_template_that_does_not_serve_stops(
    tiny_base: Path, tmp_path: Path, template: str, kind: str, says: str
) -> None:
    found = looked(with_template(tiny_base, tmp_path / "other", template), rows(2))
    assert {(one.kind, one.stop) for one in found.findings} == {(kind, True)}
    assert says in found.findings[0].says
    assert found.findings[0].hint


def test_an_answer_whose_end_is_not_learned_stops(tiny_base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    sound = example(rows(1)[0], tokenizer, Recipe(method="sft"))
    endless = sound.chosen._replace(ids=sound.chosen.ids[:-1], weights=sound.chosen.weights[:-1])
    masked = sound.chosen._replace(weights=(*sound.chosen.weights[:-1], 0.0))
    nothing = sound.chosen._replace(weights=(0.0,) * len(sound.chosen.ids))
    assert program._faults([sound], tokenizer, "sft") == []
    for answer in (endless, masked, nothing):
        (found,) = program._faults([sound._replace(chosen=answer)], tokenizer, "sft")
        assert (found.kind, found.stop, found.of) == ("mask", True, "sft")


def test_a_part_that_goes_on_learns_no_end_and_what_is_given_counts_nothing(tiny_base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    text = "\n\n".join(row.chosen for row in rows(6))
    whole = rows(1)[0].model_copy(update={"chosen": text, "rejected": "", "chosen_spans": ()})
    recipe = Recipe(method="sft")

    def length(row: TrainingRow) -> int:
        return example(row, tokenizer, recipe).length

    parts = split_row(whole, length, length(whole) * 2 // 3)
    assert len(parts) > 1
    answers = [example(part, tokenizer, recipe).chosen for part in parts]
    end = tokenizer.eos_token_id
    assert [answer.ids[-1] == end for answer in answers] == [False] * (len(parts) - 1) + [True]
    learned = [tokenizer.decode(answer.ids[answer.given :]) for answer in answers]
    assert "".join(learned) == f"{text}<|im_end|>"
    assert all(not any(answer.weights[: answer.given]) for answer in answers)
    assert answers[-1].given > 0


def test_what_is_longer_than_its_step_may_write_is_said(tiny_base: Path) -> None:
    given = rows(6)
    (found,) = looked(tiny_base, given, replies={"post": 20, "advice": 20}).findings
    assert (found.kind, found.stop) == ("cut", False)
    assert "“post”" in found.says
    assert looked(tiny_base, given, replies={"post": 400}).findings == ()


def test_long_rows_are_named_and_split_where_that_is_asked_for(tiny_base: Path) -> None:
    text = "\n\n".join(row.chosen for row in rows(6))
    long = rows(1)[0].model_copy(update={"chosen": text, "rejected": "", "chosen_spans": ()})
    named = looked(tiny_base, [long], longest=150)
    assert [(one.id, one.parts) for one in named.long["sft"]] == [(f"{long.id}/post", ())]
    split = looked(tiny_base, [long], longest=150, split=True)
    (found,) = split.long["sft"]
    assert found.tokens > 150
    assert "".join(part.chosen for part in found.parts) == text
