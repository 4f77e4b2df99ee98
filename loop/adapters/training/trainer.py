"""Starts training runs, and reads what they leave: each has a folder of its own, outside every project."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from loop.adapters.files import unreadable
from loop.adapters.lock import file_lock, is_held
from loop.adapters.training.places import base_now, on_the_hub
from loop.adapters.training.programs import ask, command, nothing, require_extra, surroundings
from loop.adapters.training.standing import events_of, has_ended, newest_job, state_of
from loop.errors import AlreadyThere, ProjectBusy, TrainingError, UsageError
from loop.events import Tell, ignore
from loop.model.runs import Begun, RunState, Started, TrainEvent
from loop.model.training import Job, Plan, TrainingRow, Wish
from loop.nearest import nearest_hint

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LOOK_AGAIN = 0.1
_PLAN = ".plan-"
_FORGOTTEN = 86_400
"""Seconds after which a plan's folder is nobody's any more: making one takes minutes."""
_STARTED: list[subprocess.Popen[bytes]] = []
"""Runs that this process began: our end of a held one's pipe stays open as long as this process lives."""
_TAIL = 20_000
"""Characters of a log that are shown."""


class LocalTrainer:
    """Implements loop.ports.Trainer on this computer; `folder` holds one folder for each run.

    `rest` ends the programs that write here: a training wants their memory.
    """

    def __init__(self, folder: Path, rest: Callable[[], None] = nothing) -> None:
        self._folder, self._rest = folder, rest

    async def plan(
        self,
        job: Job,
        wish: Wish,
        rows: Sequence[TrainingRow],
        held_out: Sequence[TrainingRow],
        tell: Tell = ignore,
        *,
        trying: bool = True,
    ) -> Plan:
        """What a run would be; two steps of it are tried in a folder that goes again."""
        require_extra()
        if trying:
            self._rest()
        self._make()
        for left in self._folder.glob(f"{_PLAN}*"):  # by programs that were killed
            with contextlib.suppress(OSError):  # another plan is just done
                if time.time() - left.stat().st_mtime > _FORGOTTEN:
                    shutil.rmtree(left)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=_PLAN) as place:
            own = job.model_copy(update={"folder": place})
            _write_rows(Path(place), rows, held_out)
            asked = {"job": own.model_dump(mode="json"), "wish": wish.model_dump(mode="json")}
            request = {**asked, "trying": trying}
            plan = Plan.model_validate(await ask("plan", request, tell, downloads=on_the_hub(job.base)))
        made = plan.job.model_copy(update={"folder": str(self._folder / job.name)})
        return plan.model_copy(update={"job": made})

    async def begin(
        self, job: Job, rows: Sequence[TrainingRow], held_out: Sequence[TrainingRow], *, processes: int = 1
    ) -> None:
        """Write the run's folder and start its recipe."""
        require_extra()
        place = self._place(job.name)
        self._make()
        try:
            place.mkdir()
        except FileExistsError as error:
            raise AlreadyThere(
                f"There is a run or an adapter “{job.name}” already.",
                hint="Choose another name:   redraft train plan --name NAME",
            ) from error
        try:
            _write_rows(place, rows, held_out)
            _write(place / "job.json", job.model_dump_json(indent=2) + "\n")
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)  # its name is free again
            raise
        with _starting(place):
            await self._start(place, job, processes)

    async def resume(self, name: str, *, held: bool = False, processes: int = 0, base: str = "") -> None:
        """Go on from the last checkpoint, with as many processes as before where none are named.

        `base`: where its base model lies now. What has moved since with this folder is found again.
        """
        require_extra()
        place = self._known(name)
        with _starting(place):
            if is_held(place / "lock"):
                raise TrainingError(f"“{name}” is running.", hint=f"redraft train watch --name {name}")
            job = self._found_again(place, base).model_copy(update={"resume": True, "held": held})
            before = [one.processes for one in events_of(place) if isinstance(one, Started)]
            await self._start(place, job, processes or (before[-1] if before else 1))

    def _found_again(self, place: Path, base: str) -> Job:
        """What a run was last started with, with every folder where it lies now. Raises TrainingError."""
        job = newest_job(place)
        now = base or base_now(job.base)
        if not now:
            again = f"redraft train {job.recipe.method} --resume --name {place.name} --base FOLDER"
            raise TrainingError(f"Its base model is not there any more: {job.base}", hint=again)
        start = Path(job.start)
        moved = self._folder / start.parent.name / start.name
        if job.start and not start.exists() and moved.exists():
            start = moved
        places = {"folder": str(place), "bases": self.bases(), "start": str(start) if job.start else ""}
        return job.model_copy(update={"base": now, **places})

    async def _start(self, place: Path, job: Job, processes: int) -> None:
        going = place / ("resumed.json" if job.resume else "job.json")
        if job.resume:
            _write(going, job.model_dump_json(indent=2) + "\n")
        self._rest()
        written = _size(place / "log.txt")
        program = [*_launcher(job, processes), f"loop.train.{job.recipe.method}", str(going)]
        argv = program if processes > 1 else command(job.recipe.method, str(going))
        (place / "stop").unlink(missing_ok=True)  # of an earlier run: this one may be stopped while it loads
        process = _spawned(place, argv, held=job.held, downloads=on_the_hub(job.base))
        _STARTED.append(process)
        try:
            while process.poll() is None and not is_held(place / "lock"):  # noqa: ASYNC110 - another process's
                await asyncio.sleep(_LOOK_AGAIN)
        except asyncio.CancelledError:
            process.terminate()
            raise
        if process.poll() not in (None, 0) and not has_ended(place):
            raise TrainingError(
                f"The training could not be started. {_last_line(place / 'log.txt', written)}".strip(),
                hint=f"redraft train log --name {place.name}",
            )

    def runs(self) -> Sequence[RunState]:
        """Every run, the newest first.

        A folder without one is passed over, and so is what cannot be read: `state` says what is wrong.
        """
        found = []
        for place in self._places():
            with contextlib.suppress(TrainingError):
                found.append(state_of(place))
        return sorted(found, key=lambda run: (run.began, run.name), reverse=True)

    def state(self, name: str) -> RunState:
        """How far one run is."""
        return state_of(self._known(name))

    def events(self, name: str, after: int = 0) -> Sequence[TrainEvent]:
        """What a run said, but the first `after` events."""
        return events_of(self._known(name))[after:]

    def stop(self, name: str) -> None:
        """Ask a run to save and end."""
        place = self._known(name)
        if not is_held(place / "lock"):
            raise UsageError(f"“{name}” is not running.", hint="redraft train status")
        _write(place / "stop", "")

    def log(self, name: str) -> str:
        """The end of what the run's programs wrote beside its events."""
        place = self._known(name) / "log.txt"
        return place.read_text(encoding="utf-8", errors="replace")[-_TAIL:] if place.exists() else ""

    def bases(self) -> str:
        """The folder for bases that are unpacked, beside that of the runs."""
        return str(self._folder.parent / "bases")

    def free_name(self, stem: str) -> str:
        """A name that nobody has."""
        plain = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:48] or "model"
        number = 1
        while (self._folder / f"{plain}-{number}").exists():
            number += 1
        return f"{plain}-{number}"

    def _places(self) -> Iterator[Path]:
        try:
            places = list(self._folder.iterdir()) if self._folder.is_dir() else []
        except OSError as error:
            raise unreadable(error, str(self._folder), "read") from error
        for place in places:
            if not place.name.startswith(".") and (place / "job.json").is_file():
                yield place

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"“{name}” is no name for an adapter.",
                hint="Small letters, digits, dots, dashes and underscores, such as my-blog-2",
            )
        return self._folder / name

    def _known(self, name: str) -> Path:
        place = self._place(name)
        if not (place / "job.json").is_file():
            names = [one.name for one in self._places()]
            raise UsageError(
                f"There is no training run “{name}”.",
                hint=nearest_hint(name, names) if names else "redraft train sft   begins one",
            )
        return place

    def _make(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unreadable(error, str(self._folder), "written") from error


def _launcher(job: Job, processes: int) -> list[str]:
    """Several processes on one computer: by accelerate, or by what it uses itself where there is no GPU."""
    by = [sys.executable, "-P", "-m"]
    if job.device == "cpu":
        return [*by, "torch.distributed.run", "--standalone", "--nproc_per_node", str(processes), "-m"]
    once = ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
    return [*by, "accelerate.commands.launch", "--multi_gpu", "--num_processes", str(processes), *once, "-m"]


def _spawned(place: Path, argv: Sequence[str], *, held: bool, downloads: bool) -> subprocess.Popen[bytes]:
    """Start a recipe whose events and complaints go to files of its folder."""
    _note_begin(place / "events.jsonl")
    with (place / "events.jsonl").open("ab") as events, (place / "log.txt").open("ab") as log:
        return subprocess.Popen(
            argv,
            stdin=subprocess.PIPE if held else subprocess.DEVNULL,
            stdout=events,
            stderr=log,
            env=surroundings(downloads=downloads),
            **_outliving(),
        )


def _note_begin(path: Path) -> None:
    """What stands here belongs to an earlier start; a kill may have left half a line. Raises ProjectError."""
    begun = Begun(at=datetime.now(UTC).isoformat(timespec="seconds"))
    try:
        with path.open("a+b") as events:
            end = events.seek(0, 2)
            events.seek(max(0, end - 1))
            whole = events.read() in {b"", b"\n"}
            events.write(b"" if whole else b"\n")
            events.write(begun.model_dump_json().encode() + b"\n")
    except OSError as error:
        raise unreadable(error, str(path), "written") from error


@contextlib.contextmanager
def _starting(place: Path) -> Iterator[None]:
    """Nobody else starts this run meanwhile. Raises TrainingError."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(file_lock(place / "starting", wait_seconds=1))
        except ProjectBusy as error:
            raise TrainingError(
                f"“{place.name}” is being started already.", hint="redraft train status   shows how far it is"
            ) from error
        yield


def _outliving() -> Mapping[str, Any]:
    """A process that goes on when the terminal is closed."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _write_rows(place: Path, rows: Sequence[TrainingRow], held_out: Sequence[TrainingRow]) -> None:
    for name, held in (("rows.jsonl", rows), ("held_out.jsonl", held_out)):
        _write(place / name, "".join(one.model_dump_json() + "\n" for one in held))


def _write(path: Path, text: str) -> None:
    try:
        half_done = path.with_name(f".{path.name}")
        half_done.write_text(text, encoding="utf-8")
        half_done.replace(path)
    except OSError as error:
        path.with_name(f".{path.name}").unlink(missing_ok=True)
        raise unreadable(error, str(path), "written") from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _last_line(path: Path, after: int) -> str:
    """The last line of a log behind so many bytes."""
    lines = path.read_bytes()[after:].decode("utf-8", "replace").split("\n") if path.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
