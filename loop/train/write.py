"""Writes with a tuned model: loaded once, then asked line by line, and it answers piece by piece.

In come {"id", "messages", "max_tokens", "temperature", "top_p", "seed", "stop"} and {"cancel": id}; out go
`ready`, then for each question `text` pieces and one `done`, `stopped` or `error`. One question is answered
after the other.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import torch

from loop.errors import ModelRefused, RedraftError, UsageError
from loop.train import bases, tuned
from loop.train.program import Out, error_line, own_output


class Cancelled(Exception):
    """Nobody waits for the text any more; so many tokens were read and written."""

    def __init__(self, read: int, wrote: int) -> None:
        super().__init__()
        self.read, self.wrote = read, wrote


class Heard:
    """What comes in, on a thread of its own, while the model loads or writes."""

    def __init__(self) -> None:
        self.waiting: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        """Questions; None: there will be no other one."""
        self.cancelled: set[int] = set()
        """Questions whose answers nobody wants any more."""
        self.left = threading.Event()
        """Whoever asked is gone."""
        self.loading = True
        """There is nothing yet that could be asked to stop."""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            said = json.loads(line)
            if "cancel" in said:
                self.cancelled.add(said["cancel"])
            else:
                self.waiting.put(said)
        self.left.set()
        self.waiting.put(None)
        if self.loading:
            os._exit(0)  # a large model loads for minutes, and takes the memory of the next one


class Writer:
    """One model, ready to write."""

    def __init__(self, folder: Path, base: str, context: int, out: Out, heard: Heard) -> None:
        one = tuned.kept(folder, base)
        self._tokenizer = bases.tokenizer_of(one.place, one.job.base)
        device = _device()
        kind = torch.float32 if device.type == "cpu" else torch.bfloat16
        self._model = tuned.load(one, device, kind)
        self._context = context
        self._out = out
        self._heard = heard

    def unwanted(self, number: int) -> bool:
        """Nobody waits for this answer any more."""
        return number in self._heard.cancelled or self._heard.left.is_set()

    def write(self, asked: Mapping[str, Any]) -> None:
        """Answer one question. Raises UsageError when it does not fit, ModelRefused, Cancelled."""
        if self.unwanted(asked["id"]):
            raise Cancelled(0, 0)
        ids = self._prompt(asked)
        read, most = ids.shape[1], int(asked["max_tokens"])
        if read + most > self._context:
            raise UsageError(
                f"The prompt has {read:,} tokens and the reply may have {most:,}: "
                f"{read + most - self._context:,} more than the {self._context:,} that the adapter can hold.",
                hint="Shorten the brief, the guide or the examples, or lower max_tokens in redraft.toml.",
            )
        saying = _Saying(self, asked)
        torch.manual_seed(int(asked["seed"]))
        sampled = float(asked["temperature"]) > 0
        choice = (
            {"temperature": float(asked["temperature"]), "top_p": float(asked["top_p"])} if sampled else {}
        )
        try:
            self._model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=most,
                do_sample=sampled,
                top_k=0 if sampled else None,
                stopping_criteria=[saying],
                pad_token_id=self._tokenizer.eos_token_id,
                **choice,
            )
        except torch.cuda.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise ModelRefused(
                "The GPU's memory is too small for this prompt.",
                hint="End other programs on the GPU, or shorten the brief or the guide.",
            ) from error
        saying.finish()
        self._out.line(
            {
                "kind": "done",
                "id": asked["id"],
                "read": read,
                "wrote": saying.count,
                "complete": saying.ended or saying.count < most,
            }
        )

    def _prompt(self, asked: Mapping[str, Any]) -> torch.Tensor:
        text = self._tokenizer.apply_chat_template(
            asked["messages"], add_generation_prompt=True, tokenize=False, enable_thinking=False
        )
        found = self._tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
        ids: torch.Tensor = found.to(self._model.device)
        return ids

    def say(self, number: int, text: str) -> None:
        """A piece of the text."""
        self._out.line({"kind": "text", "id": number, "text": text})

    @property
    def ends(self) -> frozenset[int]:
        """The tokens that end a text."""
        known = self._model.generation_config.eos_token_id
        found = known if isinstance(known, list) else [known]
        return frozenset({*found, self._tokenizer.eos_token_id} - {None})

    def decoded(self, ids: Sequence[int]) -> str:
        """Their text, without marks of turns."""
        text: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return text


class _Saying:
    """Hears each token of an answer, tells what is whole of it, and says when it is over."""

    def __init__(self, writer: Writer, asked: Mapping[str, Any]) -> None:
        self._writer = writer
        self._id = int(asked["id"])
        self._stops = tuple(asked["stop"])
        self._ids: list[int] = []
        self._said = 0
        self.ended = False

    @property
    def count(self) -> int:
        """Tokens so far."""
        return len(self._ids)

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        """After each token: whether to stop, as transformers wants it."""
        del scores
        token = int(input_ids[0, -1])
        self._ids.append(token)
        if self._writer.unwanted(self._id):
            raise Cancelled(input_ids.shape[1] - self.count, self.count)
        self.ended = token in self._writer.ends or self._tell()
        return torch.tensor([self.ended], device=input_ids.device)

    def finish(self) -> None:
        """Tell what was held back."""
        self._tell(last=True)

    def _tell(self, *, last: bool = False) -> bool:
        """Tell what is new and certain; True when a stop string is there."""
        text = self._writer.decoded(self._ids)
        found = [place for stop in self._stops if (place := text.find(stop)) >= 0]
        if found:
            text = text[: min(found)]
        elif not last:
            back = max((len(stop) - 1 for stop in self._stops), default=0)
            whole = len(text.rstrip("\ufffd"))  # half a character waits for its other half
            text = text[: min(whole, max(self._said, len(text) - back))]
        if len(text) > self._said:
            self._writer.say(self._id, text[self._said :])
            self._said = len(text)
        return bool(found)


def _device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.mps.is_available() else "cpu")


def main() -> None:
    """Load, say so, and answer until standard input ends."""
    out = own_output()
    first = json.loads(sys.stdin.readline())
    heard = Heard()
    try:
        writer = Writer(Path(first["folder"]), first["base"], int(first["context"]), out, heard)
    except RedraftError as error:
        out.line(error_line(error))
        sys.exit(8)
    heard.loading = False
    out.line({"kind": "ready"})
    while (asked := heard.waiting.get()) is not None:
        try:
            writer.write(asked)
        except Cancelled as stopped:
            out.line({"kind": "stopped", "id": asked["id"], "read": stopped.read, "wrote": stopped.wrote})
        except RedraftError as error:
            out.line({**error_line(error), "id": asked["id"]})


if __name__ == "__main__":
    main()
