"""Memory that runs out: what can be done in smaller pieces is, and the rest is said."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from loop.errors import TrainingError
from loop.model.runs import Alarmed
from loop.model.training import Recipe
from loop.train import dpo, sft
from loop.train.bases import config_of, device_of, load, parameters_of
from loop.train.halving import Measuring, in_packs
from loop.train.memory import enough_for, half_of, ran_out
from loop.train.plan import too_much
from loop.train.running import Setup, prepare
from loop.train.scoring import Scorer
from loop.train.sharing import Pack
from tests.train.conftest import MakeJob, rows
from tests.train.test_against_trl import Heard

CPU = torch.device("cpu")
SFT = Recipe(method="sft", epochs=1, batch=4, tokens=4096, evaluations=1, precision="fp32")
DPO = SFT.model_copy(update={"method": "dpo"})
FULL = (
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    MemoryError(),
    RuntimeError("MPS backend out of memory (MPS allocated: 7.00 GB, max allowed: 9.07 GB)."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
)


@pytest.mark.parametrize("error", FULL, ids=lambda error: f"{type(error).__name__} {error}"[:40])
def test_every_device_says_it_in_its_own_way(error: Exception) -> None:
    assert ran_out(error)
    with (
        pytest.raises(TrainingError, match="not enough memory for the base") as caught,
        enough_for("the base"),
    ):
        raise error
    assert "redraft train plan" in caught.value.hint


def test_other_errors_are_not_about_memory() -> None:
    for error in (RuntimeError("shapes differ"), OSError(errno.ENOENT, "no such file"), ValueError("x")):
        assert not ran_out(error)
    with pytest.raises(RuntimeError, match="shapes"), enough_for("the base"):
        raise RuntimeError("shapes differ")


@given(some.integers(64, 20_000), some.integers(1, 20_000), some.integers(1, 40_000))
def test_the_first_size_that_fits_is_found(tokens: int, longest: int, room: int) -> None:
    """A pack is never shorter than the longest row, so halving ends there."""
    told: list[int] = []

    def work(size: int) -> int:
        if max(size, longest) > room:
            raise MemoryError
        return size

    smallest = tokens
    while half_of(smallest, longest):
        smallest = half_of(smallest, longest)
    if max(smallest, longest) > room:
        with pytest.raises(TrainingError, match="not enough memory"):
            in_packs(work, tokens, longest, CPU, told.append)
        assert [tokens, *told][-1] == smallest
        return
    found = in_packs(work, tokens, longest, CPU, told.append)
    assert max(found, longest) <= room
    assert told == [tokens >> number for number in range(1, len(told) + 1)]
    assert found == tokens or max(found * 2, longest) > room


def test_processes_that_share_the_work_do_not_change_it() -> None:
    def work(size: int) -> int:
        raise MemoryError(size)

    with pytest.raises(TrainingError, match="4,096 tokens at once"):
        in_packs(work, 4096, 100, CPU, None)


class Narrow(Scorer):
    """Runs out of memory when a pack has more than so many tokens."""

    most = 10_000

    def hidden(self, pack: Pack) -> torch.Tensor:
        if pack.length > self.most:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")
        return super().hidden(pack)


def narrow(setup: Setup, most: int) -> Setup:
    scorer = Narrow(setup.base.model, setup.scorer.way, half=setup.base.half)
    scorer.most = most
    return setup._replace(scorer=scorer)


@pytest.mark.parametrize("recipe", [SFT, DPO], ids=["sft", "dpo"])
def test_held_out_rows_are_the_same_in_smaller_packs(make_job: MakeJob, recipe: Recipe) -> None:
    setup = prepare(make_job(recipe, rows(4), rows(9, seed=1)))
    told: list[Alarmed] = []
    wide, slim = (
        Measuring(setup.held_out, recipe, one, setup.trainable, told.append, packs=True, together=False)
        for one in (setup.scorer, narrow(setup, 150).scorer)
    )
    assert [one.name for one in told] == ["memory"] * len(told)
    assert told
    tight = narrow(setup, 130).scorer  # and less still, once there are gradients
    for one, scorer in ((slim, narrow(setup, 150).scorer), (wide, tight)):
        found, want = one.measure(scorer, 3), wide.measure(setup.scorer, 3)
        assert found.objective == pytest.approx(want.objective, abs=1e-5)
        assert found.kl == pytest.approx(want.kl, abs=1e-5)
        assert found.n == want.n == 9


@pytest.mark.parametrize("recipe", [SFT, DPO], ids=["sft", "dpo"])
def test_a_run_with_little_memory_comes_to_its_end(make_job: MakeJob, recipe: Recipe) -> None:
    """Reference pass, held-out rows, steps: each takes less at once, and the losses stay what they were."""
    train, others = rows(8), rows(5, seed=1)
    run = {"sft": sft.run, "dpo": dpo.run}[recipe.method]
    run(prepare(make_job(recipe, train, others, name="wide")), wide := Heard())
    kept = run(narrow(prepare(make_job(recipe, train, others, name="slim")), 150), slim := Heard())
    assert not kept.stopped
    assert slim.losses == pytest.approx(wide.losses, abs=1e-4)
    assert "memory" in {event.name for event in slim.events if isinstance(event, Alarmed)}


def test_one_row_that_does_not_fit_is_said(make_job: MakeJob) -> None:
    setup = narrow(prepare(make_job(SFT, rows(4))), 20)
    with pytest.raises(TrainingError, match="one row at a time") as caught:
        sft.run(setup, Heard())
    assert "--checkpointing" in caught.value.hint


def test_what_was_tried_is_held_against_what_there_is() -> None:
    assert too_much(3_000_000_000, 8_000_000_000) == ()
    (said,) = too_much(9_000_000_000, 8_000_000_000)
    assert "9.0 GB" in said
    assert "8.0 GB" in said


def test_numbers_are_counted_without_loading_them(make_job: MakeJob) -> None:
    job = make_job(SFT, rows(2))
    base = load(job, device_of(job))
    assert base.parameters == parameters_of(config_of(job.base))
    assert base.parameters == sum(one.numel() for one in base.model.parameters())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="address space has a limit there")
def test_a_base_that_does_not_fit_is_said(tmp_path: Path) -> None:
    """Memory really runs out: the process may have no more than it has, and asks for a base of 400 MB."""
    loading = (
        "import resource, sys; from pathlib import Path; import torch\n"
        "from transformers import AutoModelForCausalLM, LlamaConfig\n"
        "from tests.train.conftest import rows, save_tiny_base, tokenizer\n"
        "from loop.errors import TrainingError\n"
        "from loop.model.training import Job, Recipe\n"
        "from loop.train.bases import device_of, load\n"
        "place = Path(sys.argv[1])\n"
        "small = save_tiny_base(place / 'small')\n"
        "config = LlamaConfig(vocab_size=400, hidden_size=1024, intermediate_size=4096,\n"
        "    num_hidden_layers=6, num_attention_heads=8, num_key_value_heads=8)\n"
        "AutoModelForCausalLM.from_config(config).save_pretrained(place / 'large')\n"
        "tokenizer().save_pretrained(place / 'large')\n"
        "def job(name): return Job(name='x', folder=sys.argv[1], base=str(place / name), bases='',\n"
        "    device='cpu', recipe=Recipe(method='sft', precision='fp32'))\n"
        "load(job('small'), device_of(job('small')))\n"
        "held = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (held + 100_000_000, -1))\n"
        "load(job('small'), device_of(job('small')))\n"
        "try: load(job('large'), device_of(job('large')))\n"
        "except TrainingError as error: print(error.message, error.hint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", loading, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert "not enough memory for the base model" in done.stdout, done.stderr[-3000:]
