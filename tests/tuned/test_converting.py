"""Merged is the adapter, and GGUF is the merged model: on the embedded base, token by token."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loop.adapters.models.catalogue import find_embedded
from loop.adapters.models.embedded.modelfiles import SMOLLM2
from loop.adapters.training import programs
from loop.adapters.training.shelf import Shelf
from loop.errors import TrainingError
from loop.events import Event, Progress, ignore
from loop.model.adapters import Converted

pytestmark = [pytest.mark.slow, pytest.mark.model]

Own = Callable[..., Path]


async def test_a_merged_folder_is_whole_and_compared(own: Own, shelf: Shelf) -> None:
    folder = own()
    heard: list[Event] = []
    merged = await shelf.merge("brief", "fp32", heard.append)
    assert merged.exact < 2e-4  # logits reach 33 here: four units in the last place of fp32
    assert merged.rounded < 2e-4
    assert merged.agreement == 1.0
    assert (merged.texts, merged.held_out) == (4, True)
    names = {path.name for path in folder.joinpath("merged").iterdir()}
    assert names >= {"config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"}
    assert not list(folder.glob(".making-*"))
    assert any(isinstance(event, Progress) for event in heard)


def test_the_merged_gguf_file_writes_as_what_was_trained(converted: Converted) -> None:
    checked = converted.merged_checked
    assert checked is not None
    assert checked.agreement >= 0.98
    assert checked.kl < 1e-3
    assert checked.ends == checked.stopped == checked.ranks == checked.texts == 4
    assert Path(converted.merged).stat().st_size > 200_000_000


def test_the_adapter_on_four_bits_is_near_to_it(converted: Converted) -> None:
    checked = converted.adapter_checked
    assert checked is not None
    assert checked.agreement >= 0.9
    assert checked.kl < 0.05
    assert checked.stopped == checked.ends == 4
    assert Path(converted.adapter).stat().st_size < 10_000_000


def test_the_modelfile_leaves_the_template_to_the_file(converted: Converted) -> None:
    text = Path(converted.modelfile).read_text(encoding="utf-8")
    assert "FROM ./merged.gguf" in text.splitlines()
    assert "# ADAPTER ./adapter.gguf" in text.splitlines()
    assert 'PARAMETER stop "<|im_end|>"' in text.splitlines()
    assert "TEMPLATE" not in text


async def test_what_was_made_before_is_not_made_again(converted: Converted, own: Own, shelf: Shelf) -> None:
    own(ready=False)
    heard: list[Event] = []
    runtime = await shelf.settle("brief", heard.append)
    assert heard == []
    assert runtime.lora == converted.adapter
    assert runtime.checked == converted.adapter_checked
    assert runtime.context == 8192
    assert shelf.find("brief").runtime == runtime


LOOKED_AT = """
import json, sys
from pathlib import Path
import torch
from loop.errors import TrainingError
from loop.train import bases, merge, tuned, verify
from loop.train.program import Out
one = tuned.kept(Path(sys.argv[1]))
tokenizer = bases.tokenizer_of(one.place, one.job.base)
model = tuned.load(one, torch.device("cpu"))
trained = verify.reference(one, model, tokenizer)
try:
    verify.check(trained, Path(one.job.base), None, Out(sys.stderr), least=verify.AGREEMENT_QUANTISED)
    refused = ""
except TrainingError as error:
    refused = error.message
sample = trained.samples[0]
def logits(model):
    with torch.no_grad():
        return model.double()(input_ids=torch.tensor([sample.ids])).logits
adapter = logits(tuned.load(one, torch.device("cpu")))
difference = float((logits(merge.folded(one, model)) - adapter).abs().max())
try:
    with tuned.room_for(one.folder, 10**18):
        full = ""
except TrainingError as error:
    full = error.message
print(json.dumps({"refused": refused, "difference": difference, "full": full}))
"""


@pytest.fixture(scope="module")
def looked_at(trained: Path) -> dict[str, Any]:
    """What came of the adapter merged in fp32 and asked in fp64, and of its base taken for it."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", LOOKED_AT, str(trained)],
        env=programs.surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_file_that_writes_otherwise_is_refused(looked_at: dict[str, Any]) -> None:
    assert "does not write as what was trained" in looked_at["refused"]
    assert "It was not kept." in looked_at["refused"]


def test_merged_in_fp32_is_the_adapter(looked_at: dict[str, Any]) -> None:
    assert 0 < looked_at["difference"] < 1e-4


def test_a_disk_that_is_too_small_is_known_before(looked_at: dict[str, Any]) -> None:
    assert "1000000000.0 GB are needed on the disk" in looked_at["full"]


async def test_a_base_that_was_changed_is_refused(own: Own, shelf: Shelf) -> None:
    own(base_digest="f" * 12, ready=False)
    with pytest.raises(TrainingError, match="is not the one that “brief” was trained on"):
        await shelf.settle("brief", ignore)
    assert shelf.find("brief").runtime is None


async def test_the_embedded_base_is_found_where_it_lies_now(own: Own, shelf: Shelf) -> None:
    gone = str(Path("gone", SMOLLM2.file).absolute())
    own(base=gone, ready=False)
    runtime = await shelf.settle("brief", ignore)
    assert runtime.base == str(find_embedded())
    assert shelf.find("brief").runtime == runtime


async def test_damaged_weights_are_a_sentence(own: Own, shelf: Shelf) -> None:
    weights = own() / "adapter" / "adapter_model.safetensors"
    data = weights.read_bytes()
    weights.unlink()
    weights.write_bytes(data[: len(data) // 2])
    with pytest.raises(TrainingError, match="weights of “brief” cannot be loaded"):
        await shelf.merge("brief", "fp16", ignore)
