"""Where a run's numbers go: lines of JSON always, trackio and TensorBoard where they are installed."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from loop.model import Record
from loop.model.runs import Alarmed, Measured, Stepped
from loop.model.training import Job
from loop.train.program import Out

_LOG = logging.getLogger(__name__)


class Sink(Protocol):
    """Somebody who draws curves."""

    name: str
    """What it is called."""

    def add(self, step: int, values: dict[str, float]) -> None:
        """Numbers by name, after a step."""
        ...

    def close(self) -> None:
        """No more will come."""
        ...


class Sinks:
    """Everybody who is told; only the process that leads tells anything."""

    def __init__(self, out: Out | None, sinks: tuple[Sink, ...] = ()) -> None:
        self._out = out
        self._sinks = list(sinks)

    def tell(self, event: Record) -> None:
        """An event of the run."""
        if self._out is None:
            return
        self._out.tell(event)
        if isinstance(event, Stepped | Measured):
            prefix = "train" if isinstance(event, Stepped) else "held_out"
            held = event.model_dump(exclude={"kind", "step", "best"}, exclude_none=True)
            values = {f"{prefix}/{name}": float(value) for name, value in held.items()}
            self._each(event.step, lambda sink: sink.add(event.step, values))

    def close(self) -> None:
        """The run is over."""
        self._each(0, lambda sink: sink.close())

    def _each(self, step: int, do: Callable[[Sink], None]) -> None:
        """Have every sink do something; one that fails is told of, and left alone from then on."""
        for sink in tuple(self._sinks):
            try:
                do(sink)
            except Exception as error:  # noqa: BLE001 - foreign, and no reason to lose a training
                _LOG.warning("%s failed", sink.name, exc_info=True)
                self._sinks.remove(sink)
                self.tell(_no_curves(step, sink.name, error))


def installed_sinks(job: Job) -> tuple[Sink, ...]:
    """The sinks that are installed here."""
    makers: dict[str, Callable[[], Sink]] = {
        "tensorboard": lambda: _TensorBoard(Path(job.folder) / "tensorboard"),
        "trackio": lambda: _Trackio(job),
    }
    found: list[Sink] = []
    for name, make in makers.items():
        if importlib.util.find_spec(name) is None:
            continue
        try:
            found.append(make())
        except Exception:  # noqa: BLE001 - foreign, and no reason to lose a training
            _LOG.warning("%s is installed and cannot be used", name, exc_info=True)
    return tuple(found)


def _no_curves(step: int, name: str, error: Exception) -> Alarmed:
    return Alarmed(
        step=step,
        name="curves",
        says=f"{name} draws no curves any more: {str(error).strip() or type(error).__name__}",
        advice="The training goes on without it.",
        action="goes_on",
    )


class _TensorBoard:
    """Files for `tensorboard --logdir`."""

    name = "TensorBoard"

    def __init__(self, folder: Path) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._writer: Any = SummaryWriter(str(folder))

    def add(self, step: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._writer.close()


class _Trackio:
    """The local database of `trackio show`; nothing leaves this computer."""

    name = "trackio"

    def __init__(self, job: Job) -> None:
        import trackio

        self._run: Any = trackio.init(project="redraft", name=job.name, config=job.recipe.model_dump())

    def add(self, step: int, values: dict[str, float]) -> None:
        self._run.log(values, step=step)

    def close(self) -> None:
        self._run.finish()
