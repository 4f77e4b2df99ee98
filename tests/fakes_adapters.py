"""A shelf of adapters in memory: what was put there is found, and nothing is converted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from loop.errors import UsageError
from loop.events import Tell
from loop.model.adapters import Converted, Merged, Precision, Runtime, Shelved
from loop.nearest import nearest_hint

Made = TypeVar("Made", Runtime, Converted, Merged)


class MemoryAdapters:
    """Implements loop.ports.Adapters; what is not given to it runs out loudly."""

    def __init__(
        self,
        shelved: Iterable[Shelved],
        used: Mapping[str, Sequence[str]],
        made: Iterable[Runtime | Converted | Merged] = (),
    ) -> None:
        self._shelved = {one.name: one for one in shelved}
        self._used = used
        self._made = list(made)

    def every(self) -> Sequence[Shelved]:
        return tuple(self._shelved[name] for name in sorted(self._shelved))

    def find(self, name: str) -> Shelved:
        if name not in self._shelved:
            raise UsageError(f"There is no adapter “{name}”.", hint=nearest_hint(name, self._shelved))
        return self._shelved[name]

    def users(self, name: str) -> Sequence[str]:
        return tuple(self._used.get(name, ()))

    async def settle(self, name: str, tell: Tell) -> Runtime:
        return self._next(name, Runtime)

    async def convert(self, name: str, tell: Tell) -> Converted:
        return self._next(name, Converted)

    async def merge(self, name: str, precision: Precision, tell: Tell) -> Merged:
        return self._next(name, Merged)

    def remove(self, name: str) -> None:
        del self._shelved[self.find(name).name]

    def _next(self, name: str, kind: type[Made]) -> Made:
        self.find(name)
        made = next(one for one in self._made if isinstance(one, kind))
        self._made.remove(made)
        return made
