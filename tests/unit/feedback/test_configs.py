"""Exports with configurations, compared with what Axolotl and LLaMA-Factory document: they are not run."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
import yaml  # type: ignore[import-untyped]

from feedback.configs import Task, configs
from feedback.dataset.parts import StepNow
from feedback.rows import Format, export_rows
from tests.unit.feedback.dataset.made import DRAFT, brief, gathered, pair

TASKS: tuple[Task, ...] = get_args(Task)
BASE = "some/base"
AXOLOTL = {
    "base_model", "rl", "rl_beta", "remove_unused_columns", "chat_template", "datasets", "sequence_len",
    "sample_packing", "adapter", "lora_r", "lora_alpha", "lora_dropout", "lora_target_linear",
    "learning_rate", "lr_scheduler", "optimizer", "warmup_ratio", "num_epochs", "micro_batch_size",
    "gradient_accumulation_steps", "bf16", "output_dir",
}  # fmt: skip
"""Keys of axolotl.utils.schemas.config, as documented (0.18)."""
AXOLOTL_DATA = {"path", "ds_type", "split", "type", "field_messages", "roles_to_train", "train_on_eos"}
"""Keys of axolotl.utils.schemas.datasets."""
LLAMA_FACTORY = {
    "model_name_or_path", "stage", "do_train", "finetuning_type", "lora_rank", "lora_alpha", "lora_dropout",
    "lora_target", "pref_beta", "pref_loss", "dataset_dir", "dataset", "cutoff_len", "packing",
    "neat_packing", "learning_rate", "lr_scheduler_type", "warmup_ratio", "num_train_epochs",
    "per_device_train_batch_size", "gradient_accumulation_steps", "bf16", "output_dir",
}  # fmt: skip
"""Keys of llamafactory.hparams and of transformers' training arguments, as its examples use them (0.9.5)."""


def made(task: Task) -> dict[str, str]:
    final = DRAFT.replace("warm", "hot").replace("friend", "guest")
    pairs = [pair(final), pair(final.replace("hot", "cold"), brief=brief("rain"))]
    form: Format = {"sft": "trl-sft", "dpo": "trl-dpo", "kto": "trl-kto"}[task]  # type: ignore[assignment]
    return configs(
        task, export_rows(gathered(pairs, steps=[StepNow("post"), StepNow("advice")]), form).rows, BASE
    )


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("task", TASKS)
def test_axolotl_is_given_keys_that_it_documents_and_rows_that_they_describe(task: Task) -> None:
    files = made(task)
    settings = yaml.safe_load(files[f"axolotl/{task}.yaml"])
    assert set(settings) <= AXOLOTL
    assert settings["base_model"] == BASE
    assert settings.get("rl") == (None if task == "sft" else task)
    (data,) = settings["datasets"]
    assert set(data) <= AXOLOTL_DATA
    assert data["path"] in files
    kinds = {"sft": "chat_template", "dpo": "chat_template.default", "kto": "chatml.prompt_pairs"}
    assert data["type"] == kinds[task]
    for row in lines(files["axolotl/train.jsonl"]):
        match task:
            case "sft":
                assert [message["role"] for message in row["messages"]] == ["user", "assistant"]
            case "dpo":
                assert [message["role"] for message in row["messages"]] == ["user"]
                assert row["chosen"]["role"] == row["rejected"]["role"] == "assistant"
            case "kto":
                assert {type(row[name]) for name in ("prompt", "completion")} == {str}
                assert isinstance(row["label"], bool)


@pytest.mark.parametrize("task", TASKS)
def test_llama_factory_is_given_keys_that_it_documents_and_rows_that_they_describe(task: Task) -> None:
    files = made(task)
    settings = yaml.safe_load(files[f"llama-factory/{task}.yaml"])
    assert set(settings) <= LLAMA_FACTORY
    assert settings["stage"] == task
    assert isinstance(settings["learning_rate"], float)
    described = json.loads(files[f"{settings['dataset_dir']}/dataset_info.json"])[settings["dataset"]]
    assert described["formatting"] == "sharegpt"
    assert described.get("ranking", False) == (task == "dpo")
    assert f"{settings['dataset_dir']}/{described['file_name']}" in files
    roles = described["tags"]
    for row in lines(files["llama-factory/train.jsonl"]):
        assert set(row) == set(described["columns"].values())
        assert len(row["messages"]) % 2 == (1 if task == "dpo" else 0)
        assert {message[roles["role_tag"]] for message in row["messages"]} <= {"user", "assistant"}
