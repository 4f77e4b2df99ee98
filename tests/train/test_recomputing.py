"""Layers that are computed again instead of kept: the same numbers, and nothing else of training is on."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from loop.model.training import Recipe
from loop.train import attention, running, segments
from loop.train.losses import sft_loss
from loop.train.measures import references
from loop.train.weights import frozen
from tests.train.conftest import MakeJob, rows
from tests.train.test_holding import BASES, base_of


@pytest.mark.filterwarnings("ignore:fan_in_fan_out is set")
@pytest.mark.parametrize("name", ["qwen3", "gpt2"])
def test_recomputed_is_kept(
    make_job: MakeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """In loss and gradient, also behind a look at the references, and though gpt2 has dropout."""
    base = base_of(*BASES[name][:2], tmp_path / name)
    found: list[tuple[float, torch.Tensor, int]] = []
    calls = 0
    plain = segments.by_tiles

    def counted(*given: object) -> torch.Tensor:
        nonlocal calls
        calls += 1
        return plain(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(attention, "by_tiles", counted)
    for checkpointing in (False, True):
        recipe = Recipe(method="dpo", batch=3, checkpointing=checkpointing)
        setup = running.prepare(make_job(recipe, rows(3), base=str(base), name=f"run-{checkpointing}"))
        (pack,) = setup.epoch[0].packs
        references(setup.scorer, [pack])
        calls = 0
        loss = sft_loss(setup.scorer(pack), pack)
        loss.backward()  # type: ignore[no-untyped-call]
        named = setup.trainable.named.values()
        gradient = torch.cat([one.grad.flatten() for one in named if one.grad is not None])
        found.append((float(loss.detach()), gradient, calls))
    (kept, kept_gradient, once), (again, gradient, twice) = found
    assert again == pytest.approx(kept, rel=1e-6)
    torch.testing.assert_close(gradient, kept_gradient, rtol=1e-4, atol=1e-6)
    assert twice == 2 * once


def test_recomputing_is_on_again_after_a_look_that_failed(make_job: MakeJob) -> None:
    """Memory that runs out while something is only looked at must not cost the memory of every step after."""
    setup = running.prepare(make_job(Recipe(method="sft", checkpointing=True), rows(2)))
    model = setup.base.model
    before = [part.training for part in model.modules()]
    assert any(before)

    def fails() -> None:
        with frozen(model):
            assert not any(part.training for part in model.modules())
            raise MemoryError

    with pytest.raises(MemoryError):
        fails()
    assert [part.training for part in model.modules()] == before
