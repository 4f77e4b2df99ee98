"""Our recipes against TRL's trainers: same pairs, base, seed, batch and steps, each in a process of its own.

Ratios of rows per second (the first step, which warms up, left out; reference log-probabilities counted) and
of peak memory. TRL as it comes, and tuned: base in bf16, nothing recomputed, references once, rows packed.
What TRL has not is switched off in ours (weights of edited words, the anchor), so that the losses are the
same; a few steps in fp32 show it.

    python benchmarks/training.py                                   two cores, the embedded base
    python benchmarks/training.py --device cuda --shape 0.5b 8b     random weights, for speed alone
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.tuning.data import LEAST, MOST, histogram, rows
from loop.adapters.models.embedded.modelfiles import find, on_this_computer

ROOT = Path(__file__).resolve().parents[1]
ARMS = {
    "dpo": (("ours", ""), ("ours", "unshared"), ("theirs", "tuned"), ("theirs", "default")),
    "sft": (("ours", ""), ("theirs", "tuned"), ("theirs", "default")),
}
TARGETS = {
    "cpu": {"dpo": {"default": 4.0, "tuned": 2.0}, "sft": {"default": 1.5, "tuned": 1.0}, "memory": 0.6},
    "cuda": {"dpo": {"default": 3.0, "tuned": 2.0}, "sft": {"default": 2.0, "tuned": 1.0}, "memory": 1.0},
}
SHAPES: Mapping[str, Mapping[str, int]] = {
    "0.5b": {
        "hidden_size": 896,
        "intermediate_size": 4864,
        "num_hidden_layers": 24,
        "heads": 14,
        "groups": 2,
    },
    "1.7b": {
        "hidden_size": 2048,
        "intermediate_size": 6144,
        "num_hidden_layers": 28,
        "heads": 16,
        "groups": 8,
    },
    "8b": {
        "hidden_size": 4096,
        "intermediate_size": 12_288,
        "num_hidden_layers": 36,
        "heads": 32,
        "groups": 8,
    },
}


class Run(NamedTuple):
    """What one process measured."""

    rows_per_second: float
    """Of all steps but the first, with their share of what came before."""
    peak: int
    """Bytes."""
    losses: tuple[float, ...]
    """By step."""
    work: float = 0.0
    """Ours: floating-point operations per second, of what a step needs and nothing more."""


def main() -> None:
    """Measure, and print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as place:
        for shape in arguments.shape or [""]:
            base = _base(Path(place), shape)
            print(f"== {shape or 'embedded base, 135M'}, {arguments.device}, batch {arguments.batch}")
            if not shape:
                _describe(base, arguments.batch * arguments.steps, arguments.edits)
            peak = _matmul_peak(arguments.device)
            print(f"measured peak of a bf16 matrix product: {peak / 1e12:.2f} TFLOP/s")
            for method in arguments.method:
                _compared(method, base, Path(place), arguments, peak)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--method", nargs="+", choices=("dpo", "sft"), default=("dpo", "sft"))
    parser.add_argument("--shape", nargs="+", choices=tuple(SHAPES), default=())
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-5)
    parser.add_argument("--edits", type=int, default=1)
    return parser.parse_args()


def _compared(method: str, base: str, place: Path, arguments: argparse.Namespace, peak: float) -> None:
    found: dict[tuple[str, str], list[Run]] = {arm: [] for arm in ARMS[method]}
    for _ in range(arguments.rounds):
        for arm, runs in found.items():  # alternately: the computer is not equally quick all the time
            one = _measured(method, arm, base, place, arguments)
            runs.append(one)
            print(
                f"  {method} {_named(arm):14} {one.rows_per_second:7.3f} rows/s  {one.peak / 1e9:5.2f} GB  "
                f"loss {' '.join(f'{loss:.4f}' for loss in one.losses)}",
                flush=True,
            )
    speed = {arm: statistics.median(run.rows_per_second for run in runs) for arm, runs in found.items()}
    memory = {arm: statistics.median(run.peak for run in runs) for arm, runs in found.items()}
    ours, targets = ("ours", ""), TARGETS[arguments.device]
    for arm in list(found)[1:]:
        ratio = speed[ours] / speed[arm]
        wanted = targets[method].get(arm[1])  # type: ignore[attr-defined]
        print(f"{method}: ours is {ratio:.2f}x {_named(arm)}{_verdict(ratio, wanted)}")
    least = memory[ours] / memory["theirs", "default"]
    limit = float(str(targets["memory"]))
    verdict = "met" if least <= limit else "MISSED"
    print(f"{method}: peak memory {least:.2f}x TRL default, bar {limit}: {verdict}")
    work = statistics.median(run.work for run in found[ours])
    print(f"{method}: ours uses {work / peak:.0%} of the measured peak (MFU)")
    _same_losses(method, base, place, arguments)


def _same_losses(method: str, base: str, place: Path, arguments: argparse.Namespace) -> None:
    """The same steps in fp32, where rounding does not hide what differs."""
    few = argparse.Namespace(device=arguments.device, batch=2, steps=4, rate=3e-5, edits=arguments.edits)
    mine, other = (_measured(method, (who, "fp32"), base, place, few).losses for who in ("ours", "theirs"))
    apart = max(abs(left - right) for left, right in zip(mine, other, strict=True))
    print(
        f"{method}: in fp32 the losses of {few.steps} steps differ by at most {apart:.1e} from TRL's, "
        f"while they go from {mine[0]:.4f} to {mine[-1]:.4f}"
    )


def _verdict(ratio: float, wanted: float | None) -> str:
    return "" if wanted is None else f", bar {wanted:g}: {'met' if ratio >= wanted else 'MISSED'}"


def _named(arm: tuple[str, str]) -> str:
    return {"ours": "ours", "theirs": "TRL"}[arm[0]] + (f" {arm[1]}" if arm[1] else "")


def _measured(
    method: str, arm: tuple[str, str], base: str, place: Path, arguments: argparse.Namespace
) -> Run:
    with tempfile.TemporaryDirectory(dir=place) as folder:
        asked = {
            "method": method,
            "arm": arm[1],
            "base": base,
            "folder": folder,
            "device": arguments.device,
            "batch": arguments.batch,
            "steps": arguments.steps,
            "rate": arguments.rate,
            "edits": arguments.edits,
        }
        done = subprocess.run(
            [sys.executable, "-P", "-m", f"benchmarks.tuning.{arm[0]}", json.dumps(asked)],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "TOKENIZERS_PARALLELISM": "false",
                "HF_DATASETS_CACHE": folder,
            },
            capture_output=True,
            text=True,
            check=False,
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if not lines:
        sys.exit(f"{_named(arm)} {method} ended without a result:\n{done.stderr[-3000:]}")
    said: dict[str, Any] = json.loads(lines[0].removeprefix("RESULT "))
    taken = _rows_taken(said, method, arm, arguments)
    share = said["before"] * sum(taken) / (arguments.batch * arguments.steps)
    seconds = sum(said["seconds"][1:]) + share
    first, *steps = said.get("work") or [0.0, *(0.0 for _ in said["seconds"])]
    part = sum(taken) / (arguments.batch * arguments.steps)
    work = (sum(steps[1:]) + first * part) / seconds
    return Run(sum(taken) / seconds, said["peak"], tuple(said["losses"]), work)


def _rows_taken(
    said: Mapping[str, Any], method: str, arm: tuple[str, str], arguments: argparse.Namespace
) -> Sequence[float]:
    """Rows of each step but the first; of a packed step, by its tokens."""
    if method == "sft" and arm == ("theirs", "tuned"):
        mean: float = _mean_tokens(arguments)
        return [tokens / mean for tokens in said["tokens"][1:]]
    return [float(arguments.batch)] * (len(said["seconds"]) - 1)


def _mean_tokens(arguments: argparse.Namespace) -> float:
    count: int = arguments.batch * arguments.steps
    return float(_lengths[count]) / count


_lengths: dict[int, int] = {}
"""Number of rows -> their tokens."""


def _base(place: Path, shape: str) -> str:
    """The embedded base, unpacked; or a random one of a shape, with its tokenizer."""
    from loop.model.training import Job, Recipe
    from loop.train.bases import folder_of, tokenizer_of

    recipe = Recipe(method="sft")
    base = str(find(on_this_computer()))
    job = Job(name="base", folder=str(place), base=base, bases=str(place / "bases"), recipe=recipe)
    embedded = folder_of(job)
    _count(embedded, [8, *(batch * steps for batch in (4, 8, 16, 32) for steps in range(2, 9))])
    if not shape:
        return embedded
    import torch
    from transformers import AutoModelForCausalLM, Qwen3Config

    sizes = dict(SHAPES[shape])
    config = Qwen3Config(
        vocab_size=49_152,
        num_attention_heads=sizes.pop("heads"),
        num_key_value_heads=sizes.pop("groups"),
        head_dim=128 if shape != "0.5b" else 64,
        tie_word_embeddings=True,
        max_position_embeddings=8192,
        **sizes,
    )
    with torch.device("cuda"):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    folder = place / shape
    model.save_pretrained(folder)
    tokenizer_of(embedded, "embedded").save_pretrained(folder)
    del model
    torch.cuda.empty_cache()
    return str(folder)


def _count(base: str, counts: Sequence[int]) -> None:
    """Tokens of the first rows, for the trainer that says tokens and not rows."""
    from loop.model.training import Recipe
    from loop.train.bases import tokenizer_of
    from loop.train.tokens import example

    tokenizer, recipe = tokenizer_of(base, base), Recipe(method="sft")
    lengths = [example(row, tokenizer, recipe).length for row in rows(max(counts))]
    for count in counts:
        _lengths[count] = sum(lengths[:count])


def _describe(base: str, count: int, edits: int) -> None:
    """Print what the pairs are like."""
    from loop.model.training import Recipe
    from loop.train.bases import tokenizer_of
    from loop.train.sharing import shared, tokens_of
    from loop.train.tokens import example

    recipe = Recipe(method="dpo")
    tokenizer = tokenizer_of(base, base)
    pairs = [example(row, tokenizer, recipe) for row in rows(count, edits=edits)]
    plain = sum(tokens_of(one, share=False) for one in pairs)
    once = sum(tokens_of(one, share=True) for one in pairs)
    lengths = [one.length for one in pairs]
    print(
        f"{count} pairs of {LEAST}-{MOST} words with their prompt ({min(lengths)}-{max(lengths)} tokens), "
        f"{edits} edits each;\n{plain:,} tokens as two texts, {once:,} shared: "
        f"{plain / once:.2f}x. Share of the final that stands before the first edit:"
    )
    print(histogram([shared(one) / len(one.chosen.ids) for one in pairs]))


def _matmul_peak(device: str) -> float:
    """Operations per second of large products in bf16."""
    import time

    import torch

    size = 8192 if device == "cuda" else 2048
    left, right = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))

    def wait() -> None:
        if device == "cuda":
            torch.cuda.synchronize()

    for _ in range(3):
        left @ right
    wait()
    began = time.perf_counter()
    for _ in range(10):
        left @ right
    wait()
    return 10 * 2 * size**3 / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
