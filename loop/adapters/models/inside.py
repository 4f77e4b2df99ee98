"""The models that redraft itself answers with; what is loaded stays loaded."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from loop.ports import LanguageModel
from loop.settings import ADAPTER

if TYPE_CHECKING:
    from loop.adapters.models.tuned.model import TunedModel
    from loop.adapters.training.shelf import Shelf


class Inside:
    """The embedded model and the adapters, each loaded once."""

    def __init__(self) -> None:
        self._open: dict[str, LanguageModel] = {}
        self._programs: dict[str, TunedModel] = {}

    def embedded(self) -> LanguageModel:
        """The embedded model. Raises ModelUnavailable."""
        from loop.adapters.models.catalogue import find_embedded
        from loop.adapters.models.embedded.model import EmbeddedModel

        path = find_embedded()
        return self._kept(str(path), lambda: EmbeddedModel(path))

    def adapter(self, shelf: Shelf, name: str) -> LanguageModel:
        """An adapter, in the way that was settled when it was made ready. Raises ModelUnavailable."""
        one, how = shelf.ready(name)
        full = f"{ADAPTER}{name}@{how.digest}"
        for older in [key for key in self._programs if _model(key) == f"{ADAPTER}{name}" and key != full]:
            self._programs.pop(older).close()
        if how.way == "engine":
            from loop.adapters.models.embedded.model import EmbeddedModel, Tuned

            tuned = Tuned(name, full, Path(how.lora) if how.lora else None)
            return self._kept(full, lambda: EmbeddedModel(how.base, context=how.context, tuned=tuned))
        from loop.adapters.models.tuned.model import TunedModel

        if full not in self._programs:
            folder = Path(one.folder)
            self._programs[full] = TunedModel(folder, name, full, context=how.context, base=how.base)
        return self._programs[full]

    def rest(self, wanted: Collection[str] = ()) -> None:
        """End the programs that write for none of the models that are `wanted`: they hold memory.

        What they are just asked is answered first, and whoever asks them again starts them again.
        """
        for key, program in tuple(self._programs.items()):
            if _model(key) not in wanted:
                program.rest()

    def close(self) -> None:
        """End the programs that write; engines go with the process."""
        while self._programs:
            self._programs.popitem()[1].close()

    def _kept(self, key: str, open_: Callable[[], LanguageModel]) -> LanguageModel:
        if key not in self._open:
            self._open[key] = open_()
        return self._open[key]


def _model(key: str) -> str:
    """As redraft.toml names it."""
    return key.rpartition("@")[0]
