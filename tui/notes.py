"""What a verb told beside its result."""

from __future__ import annotations

from loop.events import Event, Note


class Notes(list[str]):
    """The notes that were told, oldest first; `hear` and `hear_warning` are for `Desk.perform`."""

    def hear(self, event: Event) -> None:
        """Take it down, if it is a note."""
        if isinstance(event, Note):
            self.append(event.message)

    def hear_warning(self, event: Event) -> None:
        """Take it down, if it is something to look at."""
        if isinstance(event, Note) and event.level == "warning":
            self.append(event.message)
