"""The embedded language model: llama.cpp inside this process.

Every request runs alone on an engine with one processor thread, and several engines run side by
side. The threads of one engine wait for each other by spinning: on two busy cores, one engine with two
threads was measured 18 times slower than two with one; and its text depends on the number of threads.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

from loop.adapters.models.embedded.modelfiles import check_whole, damaged, model_name
from loop.adapters.models.plain_text import check_text
from loop.adapters.models.streaming import streamed
from loop.errors import ModelRefused, ModelUnavailable, UsageError
from loop.model import ModelRequest, Reply, Usage
from loop.ports import no_text

_MOST_ENGINES = 4
_BATCH = 128
_SEEDS = 2**32 - 1
"""Seeds are 32 bits wide, and the highest one means "a random one" to llama.cpp."""
SAMPLING = {
    "top_k": 40,
    "min_p": 0.05,
    "repeat_penalty": 1.1,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
}
"""What a request does not say, fixed here so that a new release of the engine can't change a text."""


class EmbeddedModel:
    """Answers with a GGUF file on this computer's processor; same request and seed, same text.

    The file is loaded when the first question is asked. `tuned` is the adapter that is put on it, or that it
    was merged with. `threads` is how many questions are answered
    at the same time, each on one processor thread; None: one per core, at most four.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        context: int = 4096,
        threads: int | None = None,
        tuned: Tuned | None = None,
    ) -> None:
        self._path = Path(path)
        self._tuned = tuned
        self._context = context
        self._idle: list[Any] = []
        self._loading = threading.Lock()
        self._workers = ThreadPoolExecutor(
            max_workers=threads or min(_MOST_ENGINES, os.cpu_count() or 1), thread_name_prefix="embedded"
        )

    @cached_property
    def name(self) -> str:
        """Such as `embedded:smollm2-135m-instruct@b179c952`. Raises ModelUnavailable without a file."""
        return model_name(self._path) if self._tuned is None else self._tuned.name

    async def ask(self, request: ModelRequest, on_text: Callable[[str], None] = no_text) -> Reply:
        """The whole reply; `on_text` gets it piece by piece. Cancelling stops the writing.

        Raises ModelUnavailable for a missing or damaged file, UsageError when the prompt and the
        longest reply do not fit the context together.
        """
        check_text(request)
        return await streamed(self._workers, partial(self._answer, request), on_text)

    def close(self) -> None:
        """Let go of the memory; waits for an answer that is being written."""
        self._workers.shutdown(cancel_futures=True)
        self._idle.clear()

    def _answer(self, request: ModelRequest, stop: threading.Event, arrived: Callable[[str], None]) -> Reply:
        answer = _Answer(request, self._context, stop, arrived, self._called)
        name = self.name
        engine = self._engine()
        try:
            engine.handle_chat_completions(json.dumps(_body(request)), answer.take)
        except (RuntimeError, ValueError) as error:
            raise ModelRefused(
                f"{_first_upper(self._called)} could not take this prompt in.",
                hint=f"Shorten the brief or the guide, or: redraft doctor   (in a report, name “{error}”)",
            ) from error
        finally:
            self._idle.append(engine)
        return answer.reply(name)

    def _engine(self) -> Any:
        """An engine that nobody uses; there are never more than workers."""
        with self._loading:
            return self._idle.pop() if self._idle else _load(self._path, self._context, self._tuned)

    @property
    def _called(self) -> str:
        return "the embedded model" if self._tuned is None else f"the adapter “{self._tuned.called}”"


class Tuned(NamedTuple):
    """An adapter, as the engine takes it."""

    called: str
    """As the writer calls it."""
    name: str
    """With the digest of its weights, for cache keys."""
    lora: Path | None
    """Its GGUF file; None: the model's own file has it in it."""


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _load(path: Path, context: int, tuned: Tuned | None) -> Any:
    check_whole(path)
    try:
        import xllamacpp
    except (ImportError, OSError) as error:
        raise ModelUnavailable(
            "The engine of the embedded model cannot be loaded.", hint="redraft doctor   says why"
        ) from error

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    if tuned is not None and tuned.lora is not None:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(tuned.lora), 1.0)]
    params.n_ctx = context
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = _BATCH  # a cancelled request is noticed within a batch: half a second
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.n_gpu_layers = 0
    params.cache_ram_mib = 0  # what ran before must not shape a text
    params.n_ctx_checkpoints = 0
    params.warmup = False
    params.verbosity = -1
    params.ui = False
    params.endpoint_slots = False
    # The engine opens a loopback port of its own accord: nobody else on this computer gets in.
    params.api_keys = [secrets.token_hex(32)]
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        if tuned is not None:
            raise ModelUnavailable(
                f"The adapter “{tuned.called}” cannot be loaded: its files are damaged.",
                hint=f"redraft adapters use {tuned.called}   makes them anew",
            ) from error
        raise damaged(path, "the engine cannot load it") from error


def _body(request: ModelRequest) -> dict[str, Any]:
    return {
        "messages": [{"role": turn.role, "content": turn.content} for turn in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed % _SEEDS,
        "stop": list(request.stop),
        **SAMPLING,
        "cache_prompt": False,
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,  # says how long the prompt is before any of it is read
    }


class _TooLong(NamedTuple):
    prompt: int
    reply: int
    context: int
    called: str

    def error(self) -> UsageError:
        over = self.prompt + self.reply - self.context
        return UsageError(
            f"The prompt has {self.prompt:,} tokens and the reply may have {self.reply:,}: "
            f"{over:,} more than the {self.context:,} that {self.called} can hold.",
            hint=f"Shorten the brief, the style guide or the examples by about {over * 4:,} characters, "
            "or lower max_tokens of the step in redraft.toml.",
        )


class _Answer:
    """Collects what the engine says, chunk by chunk."""

    def __init__(
        self,
        request: ModelRequest,
        context: int,
        stop: threading.Event,
        arrived: Callable[[str], None],
        called: str,
    ) -> None:
        self._called = called
        self._request = request
        self._context = context
        self._stop = stop
        self._arrived = arrived
        self._pieces: list[str] = []
        self._finish = ""
        self._usage = Usage(calls=1)
        self._error: Exception | None = None

    def take(self, chunk: str) -> bool:
        """One chunk of the stream; True stops the engine."""
        try:
            self._read(json.loads(chunk))
        except Exception as error:  # noqa: BLE001 - foreign code is between here and whoever asked
            self._error = error
        return self._stop.is_set() or self._error is not None

    def _read(self, chunk: dict[str, Any]) -> None:
        if "error" in chunk:
            raise self._explain(chunk["error"])
        if "prompt_progress" in chunk:
            tokens = chunk["prompt_progress"]["total"]
            if tokens + self._request.max_tokens > self._context:
                raise _TooLong(tokens, self._request.max_tokens, self._context, self._called).error()
        if chunk.get("usage"):
            read, written = chunk["usage"]["prompt_tokens"], chunk["usage"]["completion_tokens"]
            self._usage = Usage(calls=1, input_tokens=read, output_tokens=written)
        for choice in chunk.get("choices", ()):
            self._finish = choice["finish_reason"] or self._finish
            if piece := choice["delta"].get("content"):
                self._pieces.append(piece)
                self._arrived(piece)

    def _explain(self, error: dict[str, Any]) -> Exception:
        if error.get("type") == "exceed_context_size_error":
            return _TooLong(
                error["n_prompt_tokens"], self._request.max_tokens, self._context, self._called
            ).error()
        return ModelRefused(
            f"{_first_upper(self._called)} refused the request: {error.get('message', error)}.",
            hint="redraft doctor",
        )

    def reply(self, model: str) -> Reply:
        """The answer, whole. Raises what went wrong."""
        if self._error is not None:
            raise self._error
        return Reply(
            text="".join(self._pieces), model=model, usage=self._usage, complete=self._finish != "length"
        )
