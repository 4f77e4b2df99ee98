"""What was said about a Change is found again where it stands."""

from __future__ import annotations

from hypothesis import given

from feedback.align import changes, compared
from feedback.anchor import anchor
from feedback.criticmarkup import comment_on
from loop.model import Critique
from loop.verbs.parts.critiques import KeptCritique
from tests.unit.feedback.texts import edited
from tui.widgets.verdicts import said_of


@given(texts=edited())
def test_a_note_on_a_change_is_found_at_that_change(texts: tuple[str, str]) -> None:
    """Whatever the change: words that went, came, or took the place of others."""
    draft, final = texts
    found = changes(draft, compared(draft, final))
    kept = [
        KeptCritique(
            critique=Critique(brief="tea", text=change.id, quote=note.quote, place=note.place),
            id=change.id,
            passage=anchor(draft, note.quote, note.place),
        )
        for change in found
        if (note := comment_on(change, change.id, draft)).quote
    ]
    said = said_of(found, kept, draft)
    for one in kept:
        assert one.id in said[one.id], (draft, final)
