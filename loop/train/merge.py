"""Works an adapter into its base: in fp32, then rounded, written whole or not at all, and compared."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from loop.errors import TrainingError
from loop.model.adapters import MERGED_FOLDER, Merged, Precision
from loop.train import bases, exports, tuned
from loop.train.program import Out, serve
from loop.train.tuned import Asked, Compared, Kept, Sample

_TYPES = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}
_HALF_DONE = ".making-"
_EXACT = 1e-2
"""Logits before rounding may be so far apart: sums of thousands of products, added up in another order."""
_AGREEMENT = {"fp32": 0.98, "fp16": 0.98, "bf16": 0.95}
"""So often the likeliest next token must be the same after rounding; bf16 has eight bits for its digits."""


def answer(request: dict[str, Any], out: Out) -> Any:
    """Merge: {"folder", "base", "precision"} -> Merged. Raises TrainingError."""
    one = tuned.kept(Path(request["folder"]), request["base"])
    digest = one.digest
    exports.tidy(one.folder, digest, out)
    place = one.folder / MERGED_FOLDER
    with half_done(one.folder) as made:
        merged = merge(one, made, request["precision"], out)
        named = {"folder": str(place), "digest": digest, "files": exports.files_of(made)}
        merged = merged.model_copy(update=named)
        made.joinpath(exports.RECORD).write_text(merged.model_dump_json(indent=1) + "\n", encoding="utf-8")
        exports.put(made, place)
    return merged.model_dump(mode="json")


@contextmanager
def half_done(folder: Path) -> Iterator[Path]:
    """A folder for what is not done yet; it goes, unless it was renamed, and so does what a crash left."""
    for left in folder.glob(f"{_HALF_DONE}*"):
        shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(dir=folder, prefix=_HALF_DONE))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def merge(one: Kept, made: Path, precision: Precision, out: Out) -> Merged:
    """Write the merged model and its tokenizer into an empty folder, and compare it with the adapter.

    The base is loaded in fp32, whatever it was trained in: sums in fewer digits lose small changes. Nothing
    is ever merged into four bits. Raises TrainingError.
    """
    started = time.monotonic()
    tokenizer = bases.tokenizer_of(one.place, one.job.base)
    taken, held_out = tuned.samples(one, tokenizer)
    out.progress("loading the adapter", 0, 3)
    model = tuned.load(one, tuned.device_for(one))
    adapted = tuned.asked(model)
    known = [adapted.states(sample) for sample in taken]
    out.progress("merging", 1, 3)
    whole = folded(one, model)
    exact = _compare(adapted, whole, taken, known)
    if not exact.largest < _EXACT:  # NaN is no small number either
        raise _unlike(f"before rounding a logit is {exact.largest:.3g} off", precision)
    needed = one.card.started.parameters * _TYPES[precision].itemsize
    with tuned.room_for(one.folder, needed):
        write(whole, tokenizer, made, precision)
    out.progress("comparing", 2, 3)
    rounded = _compare(adapted, _read(made), taken, known)
    wrong = round((1 - rounded.agreement) * rounded.places)
    if not wrong <= max(1, (1 - _AGREEMENT[precision]) * rounded.places):
        raise _unlike(f"of {rounded.places:,} words it finds {rounded.agreement:.1%} alike", precision)
    return Merged(
        folder=str(made),
        precision=precision,
        size=sum(file.stat().st_size for file in made.iterdir()),
        texts=len(taken),
        held_out=held_out,
        exact=exact.largest,
        rounded=rounded.largest,
        agreement=rounded.agreement,
        kl=rounded.kl,
        seconds=time.monotonic() - started,
    )


def folded(one: Kept, model: Any) -> Any:
    """The model of transformers with the adapter worked into its weights; `model` is used up."""
    return model if one.job.recipe.full else model.merge_and_unload()


def write(whole: Any, tokenizer: Any, made: Path, precision: Precision) -> None:
    """Round a merged model and write it. Raises TrainingError for weights that are too large for that."""
    kind = _TYPES[precision]
    largest = torch.finfo(kind).max
    if any(bool((weight.abs() > largest).any()) for weight in whole.parameters()):
        raise _unlike(f"some of its weights are too large for {precision}", precision)
    whole.to(kind)
    whole.config.dtype = kind
    whole.save_pretrained(made)
    tokenizer.save_pretrained(made)


def _read(made: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(made, dtype=torch.float32).eval()


def _compare(adapted: Asked, model: Any, taken: Sequence[Sample], known: Sequence[Tensor]) -> Compared:
    merged = tuned.asked(model)
    compared = Compared(adapted, merged)
    for sample, states in zip(taken, known, strict=True):
        compared.add(states, merged.states(sample))
    return compared


def _unlike(why: str, precision: Precision) -> TrainingError:
    other = "bf16" if precision == "fp16" else "fp32"
    return TrainingError(
        f"The merged model does not answer as the adapter does: {why}. It was not kept.",
        hint=f"redraft adapters merge NAME --precision {other}",
    )


if __name__ == "__main__":
    serve(answer)
