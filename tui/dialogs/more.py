"""The settings of a training run that most people leave as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.dialogs.form import Form

if TYPE_CHECKING:
    from loop.model import Record
    from loop.verbs.train import Request

NOT_HERE = {"action", "method", "base", "distill_guide", "long", "yes", "resume", "detach", "heard"}
"""What is asked elsewhere, or is no setting of a run."""


class More(Form):
    """The answer is a request whose fields here are as they were filled in."""

    def __init__(self, request: Request) -> None:
        held = {name: getattr(request, name) for name in more_of(request)}
        fields = {name: "" if value is None else str(value) for name, value in held.items()}
        super().__init__("train", fields=fields)
        self._title = "More settings"

    def _use(self, request: Record) -> None:
        """Give them back: what is done with them is decided elsewhere."""
        self.dismiss(request)


def more_of(request: Request) -> list[str]:
    """The names of the settings that stand here."""
    return [name for name in type(request).model_fields if name not in NOT_HERE]
