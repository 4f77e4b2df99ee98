"""Which bases keep the rows of a pack apart is tried on each; what is learned is right either way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from transformers.models.auto.modeling_auto import AutoModelForCausalLM

from loop.errors import TrainingError
from loop.model.training import Job, Recipe
from loop.train import attention, running
from loop.train.losses import sft_loss
from loop.train.sampling import written
from loop.train.sharing import Pack
from loop.train.tokens import Example
from tests.train.conftest import MakeJob, rows, tokenizer

_COMMON: dict[str, Any] = {"vocab_size": 400, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
_LLAMA = {
    **_COMMON,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
_EXPERTS = {"num_local_experts": 2, "num_experts_per_tok": 1, "head_dim": 8}
_SHARED = {"num_experts": 4, "moe_intermediate_size": 16, "shared_expert_intermediate_size": 16}
_WINDOWS = {"sliding_window": 7, "use_sliding_window": True, "max_window_layers": 1}
BASES: dict[str, tuple[str, dict[str, Any], bool | None]] = {
    "qwen3": ("Qwen3Config", {**_LLAMA, "head_dim": 8}, True),
    "gemma2": ("Gemma2Config", {**_LLAMA, "head_dim": 8, "query_pre_attn_scalar": 8}, True),
    "cohere": ("CohereConfig", {**_LLAMA, "logit_scale": 0.25}, True),
    "granite": ("GraniteConfig", {**_LLAMA, "logits_scaling": 4.0}, True),
    "gpt2": ("GPT2Config", {**_COMMON, "n_embd": 32, "n_layer": 2, "n_head": 4}, True),
    "phi": ("PhiConfig", _LLAMA, True),
    # its windows are in its masks alone
    "qwen2_moe": ("Qwen2MoeConfig", {**_LLAMA, **_WINDOWS, **_SHARED}, True),
    "mpt": ("MptConfig", {**_COMMON, "d_model": 32, "n_heads": 4, "n_layers": 2, "max_seq_len": 512}, False),
    "bloom": ("BloomConfig", {**_COMMON, "hidden_size": 32, "n_head": 4, "n_layer": 2}, False),
    "falcon": (
        "FalconConfig",
        {**_COMMON, "hidden_size": 32, "num_attention_heads": 4, "num_hidden_layers": 2},
        False,
    ),
    "gptj": ("GPTJConfig", {**_COMMON, "n_embd": 32, "n_layer": 2, "n_head": 4, "rotary_dim": 4}, False),
    "gpt_oss": ("GptOssConfig", {**_LLAMA, **_EXPERTS}, False),
    "rwkv": ("RwkvConfig", {**_COMMON, "hidden_size": 32, "num_hidden_layers": 2}, False),
}


def base_of(kind: str, settings: dict[str, Any], folder: Path, spread: float = 0.2) -> Path:
    """A random base of a family, whose weights are far from those of an untrained model."""
    config = getattr(transformers, kind)(**settings)
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    with torch.no_grad():
        for number in model.parameters():
            if number.dim() > 1:
                torch.nn.init.normal_(number, std=spread)
    model.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def alone(model: Any, example: Example) -> torch.Tensor:
    """A row's loss by the model's own logits, as transformers runs it."""
    ids = torch.tensor([[*example.prompt, *example.chosen.ids]])
    scores = torch.log_softmax(model(input_ids=ids, use_cache=False).logits[0].float(), dim=-1)
    picked = scores[len(example.prompt) - 1 : -1].gather(1, torch.tensor(example.chosen.ids)[:, None])[:, 0]
    return -(torch.tensor(example.chosen.weights) * picked).sum()


@pytest.mark.filterwarnings("ignore:fan_in_fan_out is set")
@pytest.mark.parametrize("name", BASES)
def test_rows_are_worth_what_they_are_alone(make_job: MakeJob, tmp_path: Path, name: str) -> None:
    base = base_of(*BASES[name][:2], tmp_path / name)
    job = make_job(Recipe(method="sft", batch=4), rows(4), base=str(base))
    setup = running.prepare(job)
    assert setup.base.packs is BASES[name][2]
    packs: tuple[Pack, ...] = setup.epoch[0].packs
    assert len(packs) == (1 if setup.base.packs else 4)
    with torch.no_grad():
        found = sum(float(sft_loss(setup.scorer(pack), pack)) for pack in packs)
        plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
        want = sum(float(alone(plain, one)) for one in setup.examples)
    assert found == pytest.approx(want, rel=1e-4)
    if setup.base.packs:  # and it can be asked to write, with an attention of its own
        prompts = [one.prompt for one in setup.examples[:2]]
        assert len(written(setup.base.model, setup.base.tokenizer, prompts, tokens=3, end=2)) == 2


def test_a_base_that_takes_no_adapter_is_named(make_job: MakeJob, tmp_path: Path) -> None:
    base = base_of("MambaConfig", {**_COMMON, "hidden_size": 32, "num_hidden_layers": 2}, tmp_path / "mamba")
    with pytest.raises(TrainingError, match="No adapter can be put on"):
        running.prepare(make_job(Recipe(method="sft"), rows(2), base=str(base)))


def test_a_head_of_its_own_is_refused(
    make_job: MakeJob, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Predictions that are made otherwise than from the hidden states are nothing to be trained on."""
    own = transformers.LlamaForCausalLM.forward

    def bent(self: Any, *given: Any, **named: Any) -> Any:
        found = own(self, *given, **named)
        found.logits = found.logits * 3
        return found

    monkeypatch.setattr(transformers.LlamaForCausalLM, "forward", bent)
    job: Job = make_job(Recipe(method="sft"), rows(2), base=str(tiny_base))
    with pytest.raises(TrainingError, match="does not know"):
        running.prepare(job)


def test_positions_that_stretch_are_left_to_the_base(make_job: MakeJob, tmp_path: Path) -> None:
    """A long row changes the positions of short ones beside it: no short text shows it."""
    rope = {"rope_type": "dynamic", "factor": 4.0, "rope_theta": 10_000.0}
    settings = {**_LLAMA, "max_position_embeddings": 64, "rope_parameters": rope}
    base = base_of("LlamaConfig", settings, tmp_path / "stretched")
    short, long = (
        make_job(Recipe(method="sft", longest=longest), rows(2, most=9), base=str(base), name=f"to-{longest}")
        for longest in (64, 512)
    )
    assert running.prepare(short).base.packs
    assert not running.prepare(long).base.packs


def test_large_logits_are_no_other_head(make_job: MakeJob, tmp_path: Path) -> None:
    """In bf16 a base's own logits are rounded more coarsely the larger they are."""
    base = base_of("PhiConfig", _LLAMA, tmp_path / "large")
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    torch.nn.init.constant_(model.lm_head.bias, -200.0)
    model.save_pretrained(base)
    assert running.prepare(
        make_job(Recipe(method="sft", precision="bf16"), rows(2), base=str(base))
    ).base.packs


def test_chunks_are_left_to_the_base(make_job: MakeJob, tiny_base: Path, tmp_path: Path) -> None:
    """A base that cuts long texts into chunks shows it in no short one: its configuration is believed."""
    base = tmp_path / "chunks"
    base.mkdir()
    for file in tiny_base.iterdir():
        base.joinpath(file.name).write_bytes(file.read_bytes())
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    config["layer_types"] = ["chunked_attention", "full_attention"]
    (base / "config.json").write_text(json.dumps(config), encoding="utf-8")
    setup = running.prepare(make_job(Recipe(method="sft"), rows(2), base=str(base)))
    assert not setup.base.packs
    assert setup.base.model.config._attn_implementation != attention.NAME
