"""Exports with configurations, loaded back by TRL itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.configs import Task
from tests.unit.feedback.test_configs import BASE, TASKS, lines, made


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("task", TASKS)
def test_trl_reads_the_configuration_and_makes_its_dataset_of_the_rows(
    task: Task, tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import trl
    from trl import (
        DatasetMixtureConfig,
        ModelConfig,
        ScriptArguments,
        TrlParser,
        get_dataset,
        get_peft_config,
    )

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    files = made(task)
    for path, text in files.items():
        tmp_path.joinpath(path).parent.mkdir(exist_ok=True)
        tmp_path.joinpath(path).write_text(text, encoding="utf-8")
    kinds = {"sft": "SFT", "dpo": "DPO", "kto": "KTO"}
    configured = getattr(trl, f"{kinds[task]}Config")
    parser = TrlParser((ScriptArguments, configured, ModelConfig, DatasetMixtureConfig))
    words = ["--config", f"trl/{task}.yaml", "--use_cpu", "true", "--bf16", "false"]
    _, training, model, mixture = parser.parse_args_and_config(words)  # an unknown key is an error
    assert model.model_name_or_path == BASE
    assert training.max_length is None
    assert training.learning_rate == (2e-4 if task == "sft" else 5e-6)
    rows = get_dataset(mixture)["train"]
    assert list(rows) == lines(files["trl/train.jsonl"])
    trainer = getattr(trl, f"{kinds[task]}Trainer")(
        model=str(tiny_base), args=training, train_dataset=rows, peft_config=get_peft_config(model)
    )
    assert len(trainer.train_dataset) == len(rows)
    batch = next(iter(trainer.get_train_dataloader()))
    assert all(len(value) for value in batch.values() if hasattr(value, "__len__"))
