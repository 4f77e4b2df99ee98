"""Makes GGUF files of an adapter, and settles how it writes on this computer.

Everything is made beside its place, compared with what was trained, and put there when it is good.
"""

from __future__ import annotations

import os
import time
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError

from loop.model.adapters import GGUF_FOLDER, MERGED_FOLDER, Checked, Converted, Runtime, stamp
from loop.train import bases, converting, exports, merge, tuned, verify
from loop.train.ollama import modelfile
from loop.train.program import Out, serve
from loop.train.tuned import Kept

_CONTEXT = 8192
"""An adapter holds so many tokens, or as many as its base was trained with."""
_HALF = 2
"""Bytes of a number in fp16."""


def answer(request: dict[str, Any], out: Out) -> Any:
    """{"folder", "base", "want"}; `use` gives a Runtime, `all` a Converted. Raises TrainingError."""
    one = tuned.kept(Path(request["folder"]), request["base"])
    made = settle(one, out) if request["want"] == "use" else _Making(one, out).everything()
    return made.model_dump(mode="json")


def settle(one: Kept, out: Out) -> Runtime:
    """Decide who writes with an adapter, here and nowhere else, and make what that needs.

    transformers where there is a GPU; llama.cpp on a processor, which is several times quicker there; and
    transformers again for models that llama.cpp does not know.
    """
    making = _Making(one, out)
    if torch.cuda.is_available():
        runtime = making.by_transformers(f"there is a GPU: {torch.cuda.get_device_name()}")
    else:
        try:
            runtime = making.by_engine()
        except converting.Unconvertible as error:
            out.warn(f"{error.message} So transformers writes, which is slow on a processor.")
            runtime = making.by_transformers(error.message)
    _write(one.folder / exports.RUNTIME, runtime.model_dump_json(indent=1))
    return runtime


class _Making:
    """Makes what is missing; what was made before of the same weights is taken as it is."""

    def __init__(self, one: Kept, out: Out) -> None:
        self._one = one
        self._out = out
        self._digest = one.digest
        self._place = one.folder / GGUF_FOLDER
        self._started = time.monotonic()
        self._trained: verify.Reference | None = None
        exports.tidy(one.folder, self._digest, out)
        self._made = self._before()
        self._gguf_base = Path(one.job.base) if one.job.base.endswith(".gguf") else None

    def everything(self) -> Converted:
        """The adapter alone, where there is one, the merged model, and a Modelfile."""
        if not self._one.job.recipe.full:
            self._adapter()
        self._merged()
        path = self._place / exports.MODELFILE
        _write(path, modelfile(self._one, self._tokenizer, self._context, self._made))
        self._keep(modelfile=str(path), seconds=time.monotonic() - self._started)
        return self._made

    def by_engine(self) -> Runtime:
        """llama.cpp: on the base's GGUF file with the adapter beside it, or on the merged model."""
        if self._gguf_base is not None and not self._one.job.recipe.full:
            self._adapter()
            files, checked = [self._gguf_base, Path(self._made.adapter)], self._made.adapter_checked
        else:
            self._merged()
            files, checked = [Path(self._made.merged)], self._made.merged_checked
        self._keep(seconds=time.monotonic() - self._started)
        runtime = self._runtime(
            "engine", "there is no GPU, and llama.cpp is the quickest on a processor", *files
        )
        lora = str(files[1]) if len(files) > 1 else ""
        return runtime.model_copy(update={"base": str(files[0]), "lora": lora, "checked": checked})

    def by_transformers(self, why: str) -> Runtime:
        """A program of its own, with the weights as they were trained."""
        file = Path(self._one.job.base)  # a file that is not where it was is looked for anew
        runtime = self._runtime("transformers", why, *([file] if file.is_file() else []))
        return runtime.model_copy(update={"base": self._one.job.base})

    def _runtime(self, way: str, why: str, *files: Path) -> Runtime:
        stamped = {str(path): stamp(path) for path in (*files, *_weights(self._one))}
        return Runtime.model_validate(
            {"way": way, "why": why, "digest": self._digest, "context": self._context, "stamps": stamped}
        )

    @property
    def _context(self) -> int:
        config = bases.config_of(self._one.place).get_text_config()
        return min(_CONTEXT, int(getattr(config, "max_position_embeddings", 0) or _CONTEXT))

    def _adapter(self) -> None:
        if Path(self._made.adapter).is_file():
            return
        file = self._place / "adapter.gguf"
        checked: Checked | None = None
        with merge.half_done(self._one.folder) as made, tuned.room_for(self._one.folder, self._adapter_size):
            self._out.progress("converting the adapter", 0, 0)
            converting.lora(self._one.weights, self._one.place, made / file.name)
            if self._gguf_base is not None:
                least = verify.AGREEMENT_QUANTISED if self._quantised else verify.AGREEMENT
                checked = verify.check(
                    self._reference, self._gguf_base, made / file.name, self._out, least=least
                )
            self._take(made / file.name, file)
        self._keep(adapter=str(file), adapter_checked=checked)

    def _merged(self) -> None:
        if Path(self._made.merged).is_file():
            return
        file = self._place / "merged.gguf"
        needed = 2 * _HALF * self._one.card.started.parameters  # the folder that is converted, and the file
        with merge.half_done(self._one.folder) as made, tuned.room_for(self._one.folder, needed):
            whole = made / MERGED_FOLDER
            whole.mkdir()
            trained = self._reference
            self._out.progress("converting the merged model", 0, 0)
            merge.write(merge.folded(self._one, self._model), self._tokenizer, whole, "fp16")
            converting.whole(whole, made / file.name)
            checked = verify.check(trained, made / file.name, None, self._out, least=verify.AGREEMENT)
            self._take(made / file.name, file)
        self._keep(merged=str(file), merged_checked=checked)

    @property
    def _reference(self) -> verify.Reference:
        """Made once, before the adapter is worked into the model."""
        if self._trained is None:
            self._trained = verify.reference(self._one, self._model, self._tokenizer)
        return self._trained

    @cached_property
    def _model(self) -> Any:
        return tuned.load(self._one, tuned.device_for(self._one))

    @cached_property
    def _tokenizer(self) -> Any:
        return bases.tokenizer_of(self._one.place, self._one.job.base)

    @property
    def _quantised(self) -> bool:
        """The base's file has less than two bytes a number: it is in eight bits, or fewer."""
        numbers = self._one.card.started.parameters
        return self._gguf_base is not None and self._gguf_base.stat().st_size < 1.9 * numbers

    @property
    def _adapter_size(self) -> int:
        return 2 * sum(path.stat().st_size for path in _weights(self._one))

    def _take(self, made: Path, file: Path) -> None:
        file.parent.mkdir(exist_ok=True)
        made.replace(file)

    def _before(self) -> Converted:
        try:
            kept = Converted.model_validate_json(self._place.joinpath(exports.MADE).read_bytes())
        except (OSError, ValidationError):
            return Converted(digest=self._digest)
        return kept if kept.digest == self._digest else Converted(digest=self._digest)

    def _keep(self, **changes: Any) -> None:
        kept = self._made.model_copy(update=changes)
        files = [Path(name) for name in (kept.adapter, kept.merged) if name]
        self._made = kept.model_copy(update={"size": sum(file.stat().st_size for file in files)})
        _write(self._place / exports.MADE, self._made.model_dump_json(indent=1))


def _weights(one: Kept) -> list[Path]:
    return sorted(one.weights.glob("*.safetensors"))


def _write(path: Path, text: str) -> None:
    """A small file, whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    half_done = path.with_name(f".{path.name}-{os.getpid()}")
    half_done.write_text(text + "\n", encoding="utf-8")
    half_done.replace(path)


if __name__ == "__main__":
    serve(answer)
