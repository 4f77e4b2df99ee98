"""Rows with a configuration for each of three other trainers: TRL, Axolotl and LLaMA-Factory.

Keys and row forms are those of TRL 1.16, Axolotl 0.18 and LLaMA-Factory 0.9.5.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from feedback.rows import Row, to_jsonl

Task = Literal["sft", "dpo", "kto"]


class _Numbers(NamedTuple):
    """What the recipes of redraft's own trainer begin with."""

    learning_rate: float
    epochs: int
    at_once: int
    """Rows on a device; TRL's kto compares each with another, and refuses to work with one."""
    steps: int
    """So many times before the weights are changed."""


_NUMBERS: Mapping[Task, _Numbers] = {
    "sft": _Numbers(2e-4, 3, 1, 8),
    "dpo": _Numbers(5e-6, 1, 1, 16),
    "kto": _Numbers(5e-6, 1, 2, 8),
}
_RANK, _ALPHA, _WARMUP, _BETA, _LONGEST = 16, 32, 0.1, 0.1, 2048


def configs(task: Task, rows: Sequence[Row], base: str) -> dict[str, str]:
    """Path -> text of every file; `rows` are in TRL's form, `base` is the model that they are for."""
    return {
        "README.md": _README.format(task=task, base=base, rows=f"{len(rows):,}"),
        "trl/train.jsonl": to_jsonl(rows),
        f"trl/{task}.yaml": _yaml(_trl(task, base)),
        "axolotl/train.jsonl": to_jsonl([_for_axolotl(task, row) for row in rows]),
        f"axolotl/{task}.yaml": _yaml(_axolotl(task, base)),
        "llama-factory/train.jsonl": to_jsonl([_for_llama_factory(task, row) for row in rows]),
        "llama-factory/dataset_info.json": json.dumps({"redraft": _described(task)}, indent=2) + "\n",
        f"llama-factory/{task}.yaml": _yaml(_llama_factory(task, base)),
    }


def _trl(task: Task, base: str) -> dict[str, Any]:
    numbers = _NUMBERS[task]
    return {
        "model_name_or_path": base,
        "dtype": "auto",
        "datasets": [{"path": "json", "data_files": "trl/train.jsonl", "split": "train"}],
        "max_length": None,  # TRL would cut longer rows off without a word
        "use_peft": True,
        "lora_r": _RANK,
        "lora_alpha": _ALPHA,
        "lora_dropout": 0.0,
        "lora_target_modules": ["all-linear"],
        "learning_rate": numbers.learning_rate,
        "lr_scheduler_type": "linear",
        "warmup_steps": _WARMUP,
        "num_train_epochs": numbers.epochs,
        "per_device_train_batch_size": numbers.at_once,
        "gradient_accumulation_steps": numbers.steps,
        **({} if task == "sft" else {"beta": _BETA}),
        **({"completion_only_loss": True} if task == "sft" else {}),
        "report_to": "none",
        "output_dir": f"trained-{task}",
    }


def _axolotl(task: Task, base: str) -> dict[str, Any]:
    numbers = _NUMBERS[task]
    data: dict[str, Any] = {"path": "axolotl/train.jsonl", "ds_type": "json", "split": "train"}
    match task:
        case "sft":
            data |= {
                "type": "chat_template",
                "field_messages": "messages",
                "roles_to_train": ["assistant"],
                "train_on_eos": "turn",
            }
        case "dpo":
            data |= {"type": "chat_template.default", "field_messages": "messages"}
        case "kto":
            data |= {"type": "chatml.prompt_pairs"}
    return {
        "base_model": base,
        **({} if task == "sft" else {"rl": task, "rl_beta": _BETA}),
        **({"remove_unused_columns": False} if task == "kto" else {}),
        "chat_template": "tokenizer_default",
        "datasets": [data],
        "sequence_len": _LONGEST,
        "sample_packing": task == "sft",
        "adapter": "lora",
        "lora_r": _RANK,
        "lora_alpha": _ALPHA,
        "lora_dropout": 0.0,
        "lora_target_linear": True,
        "learning_rate": numbers.learning_rate,
        "lr_scheduler": "linear",
        "optimizer": "adamw_torch",
        "warmup_ratio": _WARMUP,
        "num_epochs": numbers.epochs,
        "micro_batch_size": numbers.at_once,
        "gradient_accumulation_steps": numbers.steps,
        "bf16": "auto",
        "output_dir": f"trained-{task}",
    }


def _llama_factory(task: Task, base: str) -> dict[str, Any]:
    numbers = _NUMBERS[task]
    return {
        "model_name_or_path": base,
        "stage": task,
        "do_train": True,
        "finetuning_type": "lora",
        "lora_rank": _RANK,
        "lora_alpha": _ALPHA,
        "lora_dropout": 0.0,
        "lora_target": "all",
        **({} if task == "sft" else {"pref_beta": _BETA}),
        **({"pref_loss": "sigmoid"} if task == "dpo" else {}),
        "dataset_dir": "llama-factory",
        "dataset": "redraft",
        "cutoff_len": _LONGEST,
        **({"packing": True, "neat_packing": True} if task == "sft" else {}),
        "learning_rate": numbers.learning_rate,
        "lr_scheduler_type": "linear",
        "warmup_ratio": _WARMUP,
        "num_train_epochs": float(numbers.epochs),
        "per_device_train_batch_size": numbers.at_once,
        "gradient_accumulation_steps": numbers.steps,
        "bf16": True,
        "output_dir": f"trained-{task}",
    }


def _described(task: Task) -> dict[str, Any]:
    """What LLaMA-Factory is told of the rows, in dataset_info.json."""
    columns = {"messages": "messages"}
    if task == "dpo":
        columns |= {"chosen": "chosen", "rejected": "rejected"}
    if task == "kto":
        columns |= {"kto_tag": "kto_tag"}
    return {
        "file_name": "train.jsonl",
        "formatting": "sharegpt",
        **({"ranking": True} if task == "dpo" else {}),
        "columns": columns,
        "tags": {
            "role_tag": "role",
            "content_tag": "content",
            "user_tag": "user",
            "assistant_tag": "assistant",
            "system_tag": "system",
        },
    }


def _for_axolotl(task: Task, row: Row) -> Row:
    match task:
        case "sft":
            return {"messages": [*row["prompt"], *row["completion"]]}
        case "dpo":
            return {"messages": row["prompt"], "chosen": row["chosen"][0], "rejected": row["rejected"][0]}
        case "kto":
            asked = "\n\n".join(message["content"] for message in row["prompt"])
            return {"prompt": asked, "completion": row["completion"][0]["content"], "label": row["label"]}


def _for_llama_factory(task: Task, row: Row) -> Row:
    if task == "dpo":
        return {"messages": row["prompt"], "chosen": row["chosen"][0], "rejected": row["rejected"][0]}
    messages = {"messages": [*row["prompt"], *row["completion"]]}
    return messages if task == "sft" else {**messages, "kto_tag": row["label"]}


def _yaml(settings: Mapping[str, Any]) -> str:
    """Settings as YAML: its scalars are those of JSON, its blocks are lists of mappings."""
    lines = []
    for key, value in settings.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f"{key}:")
            for item in value:
                inner = [f"{name}: {_scalar(one)}" for name, one in item.items()]
                lines += [f"  - {inner[0]}", *(f"    {line}" for line in inner[1:])]
        else:
            lines.append(f"{key}: {_scalar(value)}")
    return "\n".join(lines) + "\n"


def _scalar(value: Any) -> str:
    if isinstance(value, float):  # YAML 1.1 takes 5e-06 for a word
        return f"{value:.10f}".rstrip("0").ljust(len(str(int(value))) + 2, "0")
    return json.dumps(value, ensure_ascii=False)


_README = """\
# {rows} rows for {task}, base model {base}

Type these in this folder; the paths in the files count from here.

    trl {task} --config trl/{task}.yaml
    axolotl train axolotl/{task}.yaml
    llamafactory-cli train llama-factory/{task}.yaml

Each trainer has its own copy of the rows, in the form that it reads. Held-out briefs are in none of them.
Rows with more than 2,048 tokens: Axolotl leaves them out and LLaMA-Factory cuts them off, both in silence;
`redraft dataset check` names them. TRL is told to cut nothing.
Axolotl's rows for kto are written in ChatML, whatever the base model's own template is.
"""
