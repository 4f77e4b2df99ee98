"""The reviewable Changes between a draft and a final, and the text that some of them give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from feedback.align.edits import Edit, edits
from feedback.align.settle import settle
from feedback.align.source import Source
from feedback.kinds import kind_of
from loop.errors import UsageError
from loop.model import Change, content_id
from loop.text.sentences import Span

_SURROUNDINGS = 40
"""Code points of the draft on either side that are part of a Change's id."""
_LONGEST = 800
"""Of a longer sentence, a Change shows the part around it: text without full stops would cost its square."""
_PART = 200


def changes(draft: str, final: str) -> tuple[Change, ...]:
    """What a writer changed, in order, each edit by itself.

    Blocks are aligned first, then sentences, then words. Outside the Changes the two texts are equal
    piece by piece. Front matter, code blocks, tables, raw HTML, link targets and URLs are changed whole
    or not at all, and no grapheme cluster is cut. An id comes from the words, and from what stands
    around them in the draft, so it outlives edits elsewhere.
    """
    if draft == final:
        return ()
    vocabulary: dict[str, str] = {}
    source_d, source_f = Source(draft, vocabulary), Source(final, vocabulary)
    found = settle(source_d, source_f, edits(source_d, source_f))
    moved = _moved(draft, final, found)
    seen: Counter[tuple[str, ...]] = Counter()
    result = []
    for edit in found:
        before, after = draft[slice(*edit.draft)], final[slice(*edit.final)]
        around = (
            draft[max(0, edit.draft.start - _SURROUNDINGS) : edit.draft.start],
            draft[edit.draft.end : edit.draft.end + _SURROUNDINGS],
        )
        key = (before, after, *around)
        seen[key] += 1
        sentence_before = _sentence(draft, edit.around_draft, edit.draft)
        sentence_after = _sentence(final, edit.around_final, edit.final)
        whole = edit.level in {"sentence", "block"}
        kind = kind_of(
            before,
            after,
            sentence_before=sentence_before,
            sentence_after=sentence_after,
            level=edit.level,
            moved=whole and (before.strip() in moved or after.strip() in moved),
        )
        result.append(
            Change(
                id="e" + content_id(*key, str(seen[key])),
                kind=kind,
                before=before,
                after=after,
                draft_start=edit.draft.start,
                draft_end=edit.draft.end,
                final_start=edit.final.start,
                final_end=edit.final.end,
                sentence_before=sentence_before,
                sentence_after=sentence_after,
            )
        )
    return tuple(result)


def passage(draft: str, change: Change) -> str:
    """A change with what stands around it: a draft that does not say this has no change with its id."""
    return draft[max(0, change.draft_start - _SURROUNDINGS) : change.draft_end + _SURROUNDINGS]


def compared(draft: str, final: str) -> str:
    """A final as it is compared with its draft: a last line end that only a file wants does not count."""
    return final if draft.endswith("\n") else final.removesuffix("\n").removesuffix("\r")


def apply(draft: str, final: str, accepted: Collection[str]) -> str:
    """The text with the accepted Changes made and the others left: all give the final, none the draft.

    Raises UsageError for an id that is no Change between the two texts.
    """
    found = changes(draft, final)
    unknown = set(accepted) - {change.id for change in found}
    if unknown:
        raise UsageError(
            f"There is no change “{min(unknown)}” between this draft and this final.",
            hint="Look at the changes again: the draft or the final is another one now.",
        )
    wanted = set(accepted)
    pieces = []
    position = 0
    for change in found:
        pieces.append(draft[position : change.draft_start])
        pieces.append(change.after if change.id in wanted else change.before)
        position = change.draft_end
    pieces.append(draft[position:])
    return "".join(pieces)


def _sentence(text: str, around: Span, edit: Span) -> str:
    start, end = around
    if end - start > _LONGEST and edit != around:
        start, end = max(start, edit.start - _PART), min(end, edit.end + _PART)
    return text[start:end].strip()


def _moved(draft: str, final: str, found: list[Edit]) -> frozenset[str]:
    """Whole sentences and blocks that were taken out here and put in there."""
    whole = [edit for edit in found if edit.level in {"sentence", "block"}]
    gone = {draft[slice(*edit.draft)].strip() for edit in whole}
    new = {final[slice(*edit.final)].strip() for edit in whole}
    return frozenset(gone & new - {""})
