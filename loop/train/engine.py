"""llama.cpp inside a program, asked for what it makes of a text that is given token by token.

Its server tells the hidden state behind its last norm of every token of a text (embeddings without
pooling). With the output layer of the model that is compared they become logits over the whole vocabulary, at
every place, from one pass. Its own output layer is looked at where the texts end: there it is asked for the
next token as anybody asks it.
"""

from __future__ import annotations

import json
import os
import secrets
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from loop.errors import MissingExtra, TrainingError

_LIKELIEST = 50
"""So many tokens are told at the end of a text."""


class End(NamedTuple):
    """What comes next, behind a text."""

    likeliest: tuple[int, ...]
    """Tokens, the likeliest first."""
    stops: bool
    """It writes nothing more."""


class Engine:
    """A GGUF file, with a LoRA in a GGUF file or without."""

    def __init__(self, path: Path, lora: Path | None, longest: int) -> None:
        self._path = path
        self._lora = lora
        self._longest = longest
        self._telling = self._server(states=True)
        self._writing = self._server(states=False)

    def _server(self, *, states: bool) -> Any:
        try:
            import xllamacpp
        except (ImportError, OSError) as error:
            raise MissingExtra(
                "The engine of the embedded model cannot be loaded.", hint="redraft doctor   says why"
            ) from error
        params = xllamacpp.CommonParams()
        params.model.path = str(self._path)
        if self._lora is not None:
            params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(self._lora), 1.0)]
        params.n_ctx = params.n_batch = params.n_ubatch = self._longest + 8
        params.n_parallel = 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
        params.n_gpu_layers = 0
        params.cache_ram_mib = 0
        params.warmup = False
        params.verbosity = -1
        params.ui = False
        if states:
            self._key = secrets.token_hex(32)
            params.api_keys = [self._key]
            params.embedding = True
            params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_NONE
            params.embd_normalize = -1
        else:
            params.api_keys = [secrets.token_hex(32)]
        try:
            return xllamacpp.Server(params)
        except RuntimeError as error:
            raise TrainingError(
                f"llama.cpp cannot load what was made of the adapter: {error}",
                hint="redraft doctor   (and report it: the conversion is at fault)",
            ) from error

    def states(self, ids: Sequence[int]) -> Tensor:
        """The hidden state behind the last norm of each token, [n, H], fp32."""
        request = urllib.request.Request(  # noqa: S310 - this program's own server
            f"{self._telling.listening_address}/embeddings",
            data=json.dumps({"content": list(ids), "embd_normalize": -1}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"},
        )
        straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with straight.open(request) as reply:
            return torch.tensor(json.load(reply)[0]["embedding"], dtype=torch.float32)

    def end(self, ids: Sequence[int], *, forced: int | None = None) -> End:
        """What it writes behind a text; `forced` is a token that it is made to take."""
        body: dict[str, Any] = {
            "prompt": list(ids),
            "max_tokens": 4,
            "temperature": 0,
            "n_probs": _LIKELIEST,
            "cache_prompt": False,
        }
        if forced is not None:
            body["logit_bias"] = [[forced, 1000]]
        said: list[str] = []

        def hear(piece: str) -> bool:
            said.append(piece)
            return False

        self._writing.handle_completions(json.dumps(body), hear)
        choice = json.loads(said[0])["choices"][0]
        first = choice["logprobs"]["content"][0]["top_logprobs"]
        stops = choice["finish_reason"] == "stop" and len(choice["logprobs"]["content"]) == 1
        return End(tuple(one["id"] for one in first), stops)
