"""A provider's key, entered without being shown: its value goes to the verb, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tui.dialogs.ask import Ask

if TYPE_CHECKING:
    from loop.verbs.key import Result
    from tui.app import Desk

_WHOSE = "anthropic, openai, gemini, mistral, groq, openrouter, …, or the name of a server of yours."


async def enter_key(desk: Desk, provider: str = "") -> Result | None:
    """Ask whose key, then for the key; None for a change of mind. Raises RedraftError, Stopped."""
    from loop.verbs import key

    whose = await desk.push_screen_wait(Ask("Whose key?", says=_WHOSE, value=provider or "anthropic"))
    if not whose:
        return None
    says = "It is not shown, and is kept outside every project. Paste it, then press Enter."
    secret = await desk.push_screen_wait(Ask(f"The key for {whose}", says=says, hidden=True))
    if not secret:
        return None
    return cast("Result", await desk.perform("key", key.Request(action="set", provider=whose, secret=secret)))


def told(result: Result) -> tuple[str, str]:
    """What was done, as a sentence and a hint."""
    from loop.render import render

    first, _, rest = render("key", result).partition("\n")
    return first, rest.replace("→", "").strip().replace("\n", " ")
