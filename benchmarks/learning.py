"""Learning from edits by the PRELUDE protocol: redraft against five baselines in the same run.

Writers with hidden preferences for each document type, rounds of draft, edit and learn, and the edit cost
that adds up. All methods are given the same model, briefs, seeds, writer, steps and checks engine: no
learning, CIPHER-5, past edits as examples, whole-file rewrite without a gate, redraft by its own
verbs, and an oracle that knows the preferences. Edit cost is Levenshtein over words and marks
(`loop.text.words.tokens`), summed over the rounds.

The deterministic writer has nine preferences for each document type, two of which no check can enforce.
The embedded model follows prompts badly, so methods that only prompt can hardly win with it: a
capable model decides (--model). A finished seed and method is kept in --out, so a run can be resumed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.prelude.desk import Options
from benchmarks.prelude.plot import plot
from benchmarks.prelude.report import bar, lines, table
from benchmarks.prelude.rounds import ABLATIONS, METHODS, Outcome, Unit, play
from loop.errors import RedraftError
from loop.model import content_id
from loop.settings import EMBEDDED

SMALL = (
    "The embedded model follows prompts badly: a method that only prompts can hardly win with it, and rules"
    " that a check enforces can. A capable model decides about the rest (--model)."
)
_EVERY = 5
"""Progress is told every so many rounds."""


def main() -> None:
    """Run what is not there yet, then print and write what all of it comes to."""
    arguments = _arguments()
    out = Path(arguments.out)
    units = [
        Unit(method, seed, arguments.rounds, arguments.writer, _options(arguments))
        for seed in range(1, arguments.seeds + 1)
        for method in arguments.arms.split(",")
    ]
    outcomes = _run(units, out, arguments.jobs)
    if not outcomes:
        sys.exit("No run came to its end, so there is nothing to show.")
    found = lines(outcomes)
    demands = bar(outcomes, found)
    title = (
        f"{arguments.rounds} rounds, {arguments.seeds} seeds, {arguments.writer} writer, {outcomes[0].model};"
        f" mean and 95% interval over seeds\n"
    )
    notes = (
        f"Edit cost is Levenshtein over words and marks (loop.text.words.tokens). {_counts(outcomes)}"
        " CPU s leaves out what another method had asked before; its tokens count all the same."
    )
    met = "\n".join(f"{'met   ' if one.met else 'MISSED'}  {one.says}" for one in demands)
    if failed := len(units) - len(outcomes):
        notes += f"\n\n{failed} of {len(units)} runs came to nothing and are left out."
    if arguments.model == EMBEDDED:
        notes += f"\n\n{SMALL}"
    text = f"{title}\n{table(found)}\n\n{notes}\n" + (f"\n```\n{met}\n```\n" if met else "")
    out.joinpath("table.md").write_text(text, encoding="utf-8")
    out.joinpath("plot.svg").write_text(plot(outcomes), encoding="utf-8")
    results = {
        "config": _config(units[0]),
        "seeds": arguments.seeds,
        "model": outcomes[0].model,
        "methods": [one.model_dump() for one in found],
        "bar": [one._asdict() for one in demands],
        "runs": [_short(one) for one in outcomes],
    }
    out.joinpath("results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(text)
    print(f"In {out}: table.md (this), plot.svg (edit cost over the rounds, with its band), results.json.")


class _Help(argparse.RawDescriptionHelpFormatter, argparse.ArgumentDefaultsHelpFormatter):
    """The description as it stands, and every default."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Help)
    add = partial(parser.add_argument, metavar="N", type=int)
    add("--rounds", default=40, help="drafts that are edited, one after the other")
    add(
        "--seeds", default=5, help="writers, each with preferences of their own; the intervals are over these"
    )
    parser.add_argument(
        "--writer",
        choices=("deterministic", "model"),
        default="deterministic",
        help="who edits: a program with hidden preferences, or the model by the paper's two questions",
    )
    parser.add_argument("--model", default=EMBEDDED, metavar="NAME", help="as redraft.toml names it")
    parser.add_argument(
        "--arms",
        default=",".join(name for name in METHODS if name not in ABLATIONS),
        metavar="METHODS",
        help=f"methods, with commas between; also {' and '.join(ABLATIONS)}",
    )
    parser.add_argument(
        "--out", default="build/learning", metavar="FOLDER", help="for results and for what is asked"
    )
    add("--jobs", default=min(4, os.cpu_count() or 1), help="processes side by side")
    add("--tokens", default=Options().tokens, help="of a draft at most")
    add("--every", default=Options().every, help="learn after so many rounds")
    add("--samples", default=Options().samples, help="gate: drafts per brief and arm")
    add("--replay", default=Options().replay, help="gate: past pairs at most")
    parser.add_argument(
        "--reviser", choices=("mine", "model"), default="mine", help="who proposes redraft's rules"
    )
    add("--usd", type=float, default=Options().usd, help="dollars at most for one seed and method")
    found = parser.parse_args()
    unknown = set(found.arms.split(",")) - set(METHODS)
    if unknown:
        parser.error(f"unknown method {min(unknown)}; there are {', '.join(METHODS)}")
    return found


def _options(arguments: argparse.Namespace) -> Options:
    """A very small model is told only what no check mends, and is not asked to refine."""
    small = arguments.model == EMBEDDED
    return Options(
        model=arguments.model,
        tokens=arguments.tokens,
        told="unenforced" if small else "all",
        refine=not small,
        samples=arguments.samples,
        replay=arguments.replay,
        every=arguments.every,
        reviser=arguments.reviser,
        usd=arguments.usd,
    )


def _config(unit: Unit) -> dict[str, Any]:
    """Everything that shapes a unit, but its method and seed."""
    return {"rounds": unit.rounds, "writer": unit.writer, **unit.options._asdict()}


def _counts(outcomes: Sequence[Outcome]) -> str:
    """What went another way than planned, and the time that it took."""
    unsettled, redrawn = (sum(getattr(one, name) for one in outcomes) for name in ("unsettled", "redrawn"))
    seconds = sum(one.seconds for one in outcomes)
    return (
        f"{unsettled} drafts on which the writer found no end stood as they were; {redrawn} drafts had to be"
        f" drawn again. {seconds:.0f} processor seconds in all: {seconds / 120:.0f} minutes of two cores."
    )


def _short(outcome: Outcome) -> dict[str, Any]:
    """An outcome without the texts."""
    return outcome.model_dump(mode="json", exclude={"rounds": {"__all__": {"draft", "final"}}})


def _run(units: Sequence[Unit], out: Path, jobs: int) -> list[Outcome]:
    """Every unit's outcome: read where it is finished, run where not, `jobs` side by side."""
    home = out / content_id(json.dumps(_config(units[0]), sort_keys=True))
    home.joinpath("runs").mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    missing = []
    for unit in units:
        path = _path(home, unit)
        if path.exists():
            outcomes.append(Outcome.model_validate_json(path.read_text(encoding="utf-8")))
        else:
            missing.append(unit)
    _say(f"{len(outcomes)} of {len(units)} runs are there already")
    context = multiprocessing.get_context("spawn")  # an engine does not survive a fork
    with ProcessPoolExecutor(max(1, jobs), mp_context=context) as pool:
        waiting = [pool.submit(_play, unit, str(home), str(out / "asked")) for unit in missing]
        for done in as_completed(waiting):
            try:
                last = done.result()
            except RedraftError as error:
                _say(f"a run came to nothing: {error.message} {error.hint}")
                continue
            outcomes.append(last)
            _say(
                f"{len(outcomes)} of {len(units)} runs: {last.method}, seed {last.seed}, cost {last.cost},"
                f" {last.seconds:.0f} CPU s"
            )
    return outcomes


def _play(unit: Unit, home: str, store: str) -> Outcome:
    """One unit in a process of its own."""
    folder = Path(home) / "projects" / f"{unit.method}-{unit.seed}"
    shutil.rmtree(folder, ignore_errors=True)
    started = _cpu()

    def tell(done: int) -> None:
        if done % _EVERY == 0 and done < unit.rounds:
            spent = _cpu() - started
            _say(f"{unit.method}, seed {unit.seed}: round {done} of {unit.rounds}, {spent:.0f} CPU s")

    outcome = asyncio.run(play(unit, folder, Path(store), tell))
    outcome = outcome.model_copy(update={"seconds": round(_cpu() - started, 1)})
    _path(Path(home), unit).write_text(outcome.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return outcome


def _path(home: Path, unit: Unit) -> Path:
    return home / "runs" / f"{unit.method}-{unit.seed}.json"


def _cpu() -> float:
    """Processor seconds of this process and of its children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
