"""The base model and its tokenizer: found, unpacked if need be, and put where the run takes place."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError

from loop.adapters.lock import file_lock
from loop.adapters.training.places import on_the_hub
from loop.errors import MissingExtra, ProjectBusy, TrainingError
from loop.model import content_id
from loop.model.training import Job
from loop.train import attention
from loop.train.memory import disk_full, enough_for

_PLAIN = frozenset({"full_attention", "sliding_attention"})
"""Kinds of layers whose masks are ours, too; others cut a text into chunks, or carry a state along."""

_PATIENCE = 900
"""Seconds after which another program that unpacks the same base is given up."""
_END = 4_000_000
"""Bytes of a file's beginning and end."""
_PASSING = frozenset(
    {"_name_or_path", "transformers_version", "dtype", "torch_dtype", "use_cache", "quantization_config"}
)
"""What a configuration says of where it lay, by whom it was written, and how it was loaded."""


class Base(NamedTuple):
    """A causal language model, ready to be trained."""

    model: Any
    """As transformers has it; its weights ask for no gradient."""
    tokenizer: Any
    """A fast tokenizer."""
    half: bool
    """Its weights are bf16, and so is most of the arithmetic."""
    packs: bool
    """Several rows may go through it side by side, and texts may share a trunk; `prepare` tries whether."""
    parameters: int
    """How many numbers it has."""


def device_of(job: Job) -> torch.device:
    """Where a job runs. Raises TrainingError for a device that is not there."""
    wanted = job.device
    if wanted == "auto":
        wanted = (
            "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        )
    missing = (wanted == "cuda" and not torch.cuda.is_available()) or (
        wanted == "mps" and not torch.backends.mps.is_available()
    )
    if missing:
        raise TrainingError(
            f"There is no {wanted.upper()} device on this computer that torch can use.",
            hint="redraft train plan --device cpu",
        )
    if wanted != "cuda":
        return torch.device(wanted)
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))


def in_half(job: Job, device: torch.device) -> bool:
    """Whether the base is held in bf16: where the device computes with it."""
    if job.recipe.precision != "auto":
        return job.recipe.precision == "bf16"
    if device.type == "cpu":
        return bool(torch.cpu._is_avx512_bf16_supported())  # noqa: SLF001 - torch has no public way to ask
    return device.type == "cuda" and torch.cuda.is_bf16_supported()


def load(job: Job, device: torch.device) -> Base:
    """The base of a job, on a device. Raises TrainingError, MissingExtra."""
    from transformers import AutoModelForCausalLM

    attention.register()
    place = folder_of(job)
    half = in_half(job, device)
    options: dict[str, Any] = {"dtype": torch.bfloat16 if half else torch.float32}
    if job.recipe.quantised:
        options["quantization_config"] = _four_bits(device)
    config = config_of(place)
    plain = set(getattr(config.get_text_config(), "layer_types", None) or _PLAIN) <= _PLAIN
    try:
        with enough_for(f"the base model {job.base}"):
            model = AutoModelForCausalLM.from_pretrained(place, **options)
            if not job.recipe.quantised and not job.recipe.sharded:
                model.to(device)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise _not_loaded(job.base, error) from error
    for weights in model.parameters():
        weights.requires_grad_(False)
    model.eval()
    packs = plain and not _stretches(config.get_text_config(), job.recipe.longest)
    return Base(model, tokenizer_of(place, job.base), half, packs, parameters_of(config))


def _stretches(config: Any, longest: int) -> bool:
    """Whether positions of short texts change where a long one stands beside them (LongRoPE, dynamic NTK)."""
    rope = getattr(config, "rope_parameters", None) or {}
    for one in (rope, *(part for part in rope.values() if isinstance(part, dict))):
        if one.get("rope_type") in {"longrope", "dynamic"}:
            own = one.get("original_max_position_embeddings") or config.max_position_embeddings
            return longest > int(own)
    return False


def parameters_of(config: Any) -> int:
    """How many numbers a base has, however they are held: four bits of two lie in one place."""
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    return sum(one.numel() for one in model.parameters())


def config_of(place: str) -> Any:
    """The base's configuration. Raises TrainingError."""
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(place)
    except (OSError, ValueError, KeyError) as error:
        raise _not_loaded(place, error) from error


def tokenizer_of(place: str, name: str) -> Any:
    """The base's tokenizer. Raises TrainingError for none, and for a slow one, which knows no offsets."""
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(place)
    except (OSError, ValueError, KeyError) as error:
        raise _not_loaded(name, error) from error
    if not tokenizer.is_fast:
        raise TrainingError(
            f"The base model {name} has no fast tokenizer, which is needed to find edited words.",
            hint="Choose another base model:   redraft train plan --base NAME",
        )
    return tokenizer


def folder_of(job: Job) -> str:
    """Where transformers finds the base; a GGUF file is unpacked once, beside other unpacked ones."""
    if not job.base.endswith(".gguf"):
        return job.base
    path = Path(job.base)
    if not path.is_file():
        raise TrainingError(f"The base model {path} is not there.", hint="redraft models fetch")
    stat = path.stat()
    stamp = hashlib.sha256(f"{path.name} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:8]
    place = Path(job.bases) / f"{path.stem}-{stamp}"
    if not place.is_dir():
        try:
            with file_lock(place.parent / f".{place.name}.lock", wait_seconds=_PATIENCE):
                if not place.is_dir():  # nobody else was quicker
                    _unpack(path, place)
        except ProjectBusy as error:
            raise TrainingError(
                f"The base model {path} is being unpacked by another program.",
                hint=f"redraft train {job.recipe.method}   again, when it is done",
            ) from error
    return str(place)


def on_disk(job: Job) -> str:
    """The folder that the base lies in; one of the hub is not asked for, but taken from its cache."""
    place = folder_of(job)
    return place if Path(place).is_dir() else str(_file_of(place, "config.json").parent)


def base_digest(job: Job) -> str:
    """Content id of a base's configuration, tokenizer and weights: wherever it lies, it stays the same.

    It is made of their files, so that another release of transformers finds the same. Raises TrainingError.
    """
    place = folder_of(job)
    config = json.loads(_file_of(place, "config.json").read_bytes())
    kept = {name: value for name, value in config.items() if name not in _PASSING and value is not None}
    try:
        words = _file_of(place, "tokenizer.json")
    except TrainingError:  # made of SentencePiece's own file, which has no other form
        words = _file_of(place, "tokenizer.model")
    spoken = hashlib.sha256(words.read_bytes()).hexdigest()
    return content_id(json.dumps(kept, sort_keys=True), spoken, *_weights(job.base, place))


def start_digest(job: Job) -> str:
    """Content id of the adapter that a run goes on from; empty for none."""
    found = []
    for path in sorted(Path(job.start).glob("*.safetensors")) if job.start else ():
        with path.open("rb") as file:
            found.append(hashlib.file_digest(file, "sha256").hexdigest())
    return content_id(*found) if found else ""


def _weights(base: str, place: str) -> list[str]:
    """What tells a base's weights from another one's: its revision on the hub, else ends of its files."""
    if base.endswith(".gguf"):
        return [_ends(Path(base))]
    if not Path(place).is_dir():
        return [_file_of(place, "config.json").parent.name]
    return [f"{path.name} {_ends(path)}" for path in sorted(Path(place).glob("*.safetensors"))]


def _ends(path: Path) -> str:
    """SHA-256 of a file's size, beginning and end: a whole one of many gigabytes takes minutes."""
    size = path.stat().st_size
    with path.open("rb") as file:
        first = file.read(_END)
        file.seek(max(0, size - _END))
        return hashlib.sha256(str(size).encode() + first + file.read()).hexdigest()


def _file_of(place: str, name: str) -> Path:
    from transformers.utils import cached_file

    try:
        found = cached_file(place, name)
    except (OSError, ValueError) as error:
        raise _not_loaded(place, error) from error
    return Path(str(found))


def _unpack(path: Path, place: Path) -> None:
    """Write a GGUF file's weights (exact, in fp32) and tokenizer as transformers keeps them, whole or not."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place.parent.mkdir(parents=True, exist_ok=True)
    unpacking = f".unpacking-{place.name}-"
    for left in place.parent.glob(f"{unpacking}*"):  # by a program that was killed meanwhile
        shutil.rmtree(left, ignore_errors=True)
    half_done = Path(tempfile.mkdtemp(dir=place.parent, prefix=unpacking))
    try:
        with enough_for(f"unpacking the base model {path}"):
            packed = AutoModelForCausalLM.from_pretrained(
                path.parent, gguf_file=path.name, dtype=torch.float32
            )
            config = packed.config
            vars(config).pop("quantization_config", None)  # it is unpacked now
            plain = AutoModelForCausalLM.from_config(config)
            plain.load_state_dict(packed.state_dict())
            plain.save_pretrained(half_done)
        AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name).save_pretrained(half_done)
        source = {"gguf": str(path), "tied": bool(config.tie_word_embeddings)}
        half_done.joinpath("unpacked_from.json").write_text(json.dumps(source), encoding="utf-8")
        half_done.rename(place)
    except (OSError, ValueError, KeyError, ImportError, SafetensorError) as error:
        raise _not_loaded(str(path), error) from error
    finally:
        shutil.rmtree(half_done, ignore_errors=True)


def _four_bits(device: torch.device) -> Any:
    if device.type != "cuda":
        raise TrainingError(
            "A base in four bits needs an NVIDIA GPU.",
            hint="Take a smaller base, and all of its bits:   redraft train plan --base NAME",
        )
    try:
        import bitsandbytes  # noqa: F401
    except ImportError as error:
        raise MissingExtra(
            "A base in four bits needs the package bitsandbytes.", hint="pip install bitsandbytes"
        ) from error
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def _behind_a_licence(error: BaseException | None) -> bool:
    """Whether the model hub refused it: a path may hold any number and any word."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    while error is not None:
        if isinstance(error, GatedRepoError):
            return True
        if isinstance(error, HfHubHTTPError) and not isinstance(error, RepositoryNotFoundError):
            return error.response.status_code in {401, 403}
        error = error.__cause__ or error.__context__
    return False


def _not_loaded(name: str, error: Exception) -> TrainingError:
    """Why a base could not be had, in words."""
    said = str(error)
    if disk_full(error):
        return TrainingError(
            f"There is no room on the disk for the base model {name}.", hint="Make room, and type it again."
        )
    if _behind_a_licence(error):
        return TrainingError(
            f"The base model {name} is behind a licence that has to be accepted first.",
            hint=f"Accept it on the page of {name}, then type: hf auth login",
        )
    if os.environ.get("HF_HUB_OFFLINE") == "1" and on_the_hub(name):
        return TrainingError(
            f"The base model {name} is not on this computer, and nothing is downloaded for this.",
            hint=f"Fetch it once:   hf download {name}",
        )
    if "couldn't connect" in said:
        return TrainingError(
            f"The base model {name} is not on this computer, and the model hub cannot be reached.",
            hint="Name a folder, or take the embedded model:   redraft train plan --base FOLDER",
        )
    unknown = ("not a local folder", "does not appear to have", "is not the path", "Repo id must be")
    if any(words in said for words in unknown):
        return TrainingError(
            f"The base model {name} was not found: it is no folder here, and no model by that name.",
            hint="Name a folder, or take the embedded model:   redraft train plan --base FOLDER",
        )
    first = said.strip().splitlines()[0] if said.strip() else type(error).__name__
    return TrainingError(
        f"The base model {name} cannot be loaded: {first}",
        hint="Choose another base model:   redraft train plan --base NAME",
    )
