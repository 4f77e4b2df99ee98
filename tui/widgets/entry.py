"""One entry of the history in words: what it did, and the lines of text that it changed."""

from __future__ import annotations

import asyncio

import click

from loop.counts import money
from loop.model import LogEntry
from loop.patch import FileDiff
from loop.verbs.log import Result
from tui.widgets.entries import happened, sign_of, when
from tui.widgets.prose import Prose
from tui.widgets.unified import MarkedText, add_file

_GATE = {
    "accept": "the test was for it",
    "reject": "the test was against it",
    "inconclusive": "the test could not tell",
}


class EntryPage(Prose):
    """The page of one entry. It can be gone through and copied from."""

    DEFAULT_CSS = """
    EntryPage { width: 1fr; height: 1fr; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(read_only=True, id=id)

    def head(self, entry: LogEntry | None) -> None:
        """Show what the list knows of an entry already."""
        self._show(MarkedText() if entry is None else head_of(entry))

    async def whole(self, opened: Result) -> None:
        """Show all of it."""
        self._show(await asyncio.to_thread(page_of, opened))

    def _show(self, page: MarkedText) -> None:
        if page.text != self.text:
            self.load_text(page.text)
            self.mark("entry", page.marks)


def head_of(entry: LogEntry) -> MarkedText:
    """What happened, when, by whom, what it cost."""
    page = MarkedText()
    page.add(f"{sign_of(entry)} ", "sign")
    page.add(f"{happened(entry)}\n", "strong")
    page.add(f"{when(entry)}, {entry.author}\n", "dim")
    trailers = entry.trailers
    facts = []
    if entry.version:
        facts.append(f"version {entry.version}")
    if brief := trailers.get("Brief"):
        facts.append(f"brief {brief}")
    if rules := trailers.get("Rules"):
        facts.append(f"rules {rules}")
    if gate := _GATE.get(trailers.get("Gate", "")):
        facts.append(gate)
    if trailers.get("Forced-By"):
        facts.append("you took it all the same")
    if cost := _cost(trailers.get("Cost", "")):
        facts.append(f"cost {cost}")
    if not entry.verb:
        facts.append("a commit that redraft did not make")
    if facts:
        page.add(f"{'; '.join(facts)}\n")
    return page


def page_of(opened: Result) -> MarkedText:
    """All of an entry."""
    from loop.render.learning import operation_lines

    page = head_of(opened.entries[0])
    if opened.operations:
        page.add("\n")
        for line in operation_lines(opened.operations):
            page.add(f"{click.unstyle(line)}\n")
    for file in opened.files:
        page.add("\n")
        page.add(f"{title_of(file)}\n", "heading")
        add_file(page, file)
    if not opened.files and not opened.operations:
        page.add("\nIt changed no text that you read.\n", "dim")
    return page


def title_of(file: FileDiff) -> str:
    """A file's name and what became of it."""
    if file.before is None:
        return f"{file.path} (new)"
    if file.after is None:
        return f"{file.path} (gone)"
    return f"{file.path}  +{file.added} -{file.removed}"


def _cost(said: str) -> str:
    try:
        return money(float(said)) if said else ""
    except ValueError:
        return ""
