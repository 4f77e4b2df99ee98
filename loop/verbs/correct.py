"""Take the writer's text for a brief: the final, and with it an edit pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from shlex import quote
from typing import Annotated, NamedTuple

from feedback.align import changes, compared
from feedback.criticmarkup import Comment, comment_on, from_markup, is_review
from feedback.critique import dump_critiques, tidy
from feedback.effort import effort
from feedback.pairs import dump_pair
from loop.counts import percent
from loop.errors import RedraftError, UsageError
from loop.events import Note, Tell
from loop.model import Brief, Change, Critique, Draft, Entry, Pair, Record, content_id
from loop.project import Project
from loop.store import (
    critique_path,
    final_path,
    keep_draft,
    plan_write,
    read_brief,
    read_critiques,
    read_draft_file,
    refuse_unkept,
)
from loop.verbs.parts.committing import draft_cost, keep_edits, record
from loop.verbs.parts.fields import Argument, TextSource, Unseen
from loop.verbs.parts.seen import refuse_another
from loop.verbs.parts.working import working
from loop.verbs.parts.wrote import wrote

EXAMPLE = "redraft correct sourdough --file my-version.md"
_BROKE_OFF = "The draft breaks off, so what you wrote on at its end is kept, and nothing is learned from it."
_UNKEPT = "your text was"
_ANOTHER_TEXT = 0.8
"""A review that changes more than this share of a draft was made of another one."""


class Request(Record):
    """The writer's text; without one, the editor opens on the draft, or on the final of it that is there."""

    brief: Annotated[str, Argument(completes="brief")]
    """The brief whose draft is corrected."""
    text: Annotated[str | None, TextSource("--file", "--stdin")] = None
    """The final text."""
    from_changes: Annotated[str | None, TextSource("--from-changes")] = None
    """A reviewed text with change marks, as `redraft show --changes` prints it."""
    exclude: tuple[str, ...] = ()
    """Ids of changes that are right but should not be learned from."""
    notes: Mapping[str, str] = {}
    """Why a change was made, by its id: kept as a critique of exactly these words."""
    of: Annotated[str, Unseen()] = ""
    """The `draft_id` of `redraft show NAME --working --json`: refused when the draft is another one now."""


class Result(Record):
    """What the correction says."""

    pair: str
    """The edit pair's id."""
    path: str
    """Where the final is."""
    effort: float
    """How much of the draft was changed, 0..1."""
    changes: tuple[Change, ...]
    """Every change."""
    excluded: tuple[str, ...] = ()
    """Changes that are not learned from."""
    critiques: tuple[Critique, ...] = ()
    """Comments in the review and notes on changes, kept as critiques."""
    next: str
    """What to type next."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Keep the final, the pair, the draft and the brief in one commit."""
    brief = read_brief(project, request.brief)
    draft = read_draft_file(project, request.brief).draft
    if request.of:
        refuse_another(draft, request.of, _UNKEPT)
    given = _given(project, request, draft, tell)
    try:
        kept = _keep(project, request, brief, draft, given, tell)
    except RedraftError as error:
        if given.place:
            error.message = f"{error.message} What you wrote is kept in {given.place}."
        raise
    project.commands.forget(given.place)
    return kept


def _ending(draft: Draft, found: Sequence[Change]) -> tuple[str, ...]:
    """Of a draft that breaks off: the ids of the changes that only write on where it ends."""
    end = len(draft.text.rstrip())
    return tuple(
        change.id
        for change in found
        if draft.stopped and change.draft_end >= end and change.after.startswith(change.before)
    )


def _remark(brief: Brief, unfinished: Sequence[str], tell: Tell) -> None:
    """Say what of it is not learned from, if the writer did not say so."""
    if unfinished:
        tell(Note(message=_BROKE_OFF))
    if brief.split == "held_out":
        tell(Note(message=f"“{brief.id}” is held out: this final is measured, never learned from."))


class _Given(NamedTuple):
    """What the writer says the text should be."""

    final: str
    excluded: tuple[str, ...] = ()
    critiques: tuple[Critique, ...] = ()
    place: str = ""
    """Where a copy of what was typed in the editor lies."""


def _keep(
    project: Project, request: Request, brief: Brief, draft: Draft, given: _Given, tell: Tell
) -> Result:
    final, excluded, said, _ = given
    if not final.strip():
        raise UsageError("The final is empty, so nothing was kept.", hint="Save some text and try again.")
    against = compared(draft.text, final)
    found = changes(draft.text, against)
    ids = {change.id for change in found}
    unknown = {*request.exclude, *request.notes} - ids
    if unknown:
        raise UsageError(
            f"There is no change “{min(unknown)}”.", hint=f"redraft show {request.brief} --changes"
        )
    unfinished = _ending(draft, found)
    pair = Pair(
        brief=brief,
        draft=draft.text,
        final=against,
        version=draft.version,
        model=draft.model,
        seed=draft.seed,
        excluded=tuple(
            id_ for id_ in dict.fromkeys((*excluded, *unfinished, *request.exclude)) if id_ in ids
        ),
        effort=round(effort(draft.text, against), 4),
        created=project.clock.now().isoformat(),
        steps=wrote(draft, project.settings),
        stopped=draft.stopped,
    )
    said = (*said, *_notes(request.notes, found, draft))
    with project.lock():  # a run, or another desk, may have written since the draft was read
        refuse_another(read_draft_file(project, brief.id).draft, content_id(draft.text), _UNKEPT)
        refuse_unkept(project, final_path(brief.id), final)
        critiques = _commit(project, draft, pair, final, said, tell)
    _remark(brief, unfinished, tell)
    return Result(
        pair=pair.id,
        path=final_path(brief.id),
        effort=pair.effort,
        changes=found,
        excluded=pair.excluded,
        critiques=critiques,
        next="redraft learn" if brief.split == "train" else "redraft status",
    )


def _commit(
    project: Project, draft: Draft, pair: Pair, final: str, said: Sequence[Critique], tell: Tell
) -> tuple[Critique, ...]:
    """Commit the final, the pair and what was said with the draft; the critiques that are new."""
    brief = pair.brief.id
    before, new = _new(project, brief, said)
    contents = [(final_path(brief), final), (f"pairs/{pair.id}.json", dump_pair(pair))]
    if new:
        contents.append((critique_path(brief), dump_critiques((*before, *new))))
    changed = pair.draft != pair.final
    share = f"{percent(pair.effort)} of the draft" if changed else "nothing: the draft stands"
    entry = Entry(
        verb="correct",
        subject=f"{brief}, changed {share}",
        trailers={
            "Brief": brief,
            "Base": draft.version,
            "Pair": pair.id,
            "Effort": f"{pair.effort:.4f}",
            **({"Critiques": " ".join(critique.id for critique in new)} if new else {}),
            **draft_cost(project, draft),
        },
    )
    head = keep_edits(project, tell)
    planned = [*keep_draft(project, brief), *plan_write(project, contents)]
    record(project, planned, entry, expect=head, tell=tell)
    return new


def _given(project: Project, request: Request, draft: Draft, tell: Tell) -> _Given:
    if request.text is not None and request.from_changes is not None:
        raise UsageError("Two finals were given.", hint="Use either --from-changes or --file, not both.")
    if request.from_changes is not None:
        if not is_review(request.from_changes):
            raise UsageError(
                "This text has no change marks, so it is no review.",
                hint="--file takes it as your final;  redraft show NAME --changes   prints a text to review",
            )
        review = from_markup(request.from_changes, draft.text)
        if effort(draft.text, review.final) > _ANOTHER_TEXT:
            raise UsageError(
                f"This review does not fit the draft of “{request.brief}”: hardly a word is the same.",
                hint="Is it the review of another brief? --file takes a text that is all new.",
            )
        return _Given(review.final, review.excluded, _critiques(draft, review.comments))
    if request.text is not None:
        return _Given(request.text)
    project.history.check()  # what would not be kept is found before the writer has been at work
    refuse_unkept(project, final_path(request.brief))
    text, source, excluded = working(project, request.brief, tell)
    if source == "final":
        back = f"redraft withdraw {quote(request.brief)}   takes it back"
        tell(Note(message=f"The editor opens on your final of this draft. {back}."))
    how = project.commands.leaving()
    if how:
        another = f"EDITOR=NAME redraft correct {quote(request.brief)}"
        tell(Note(message=f"{how} Another editor: Ctrl-C, then  {another}"))
    edited = project.commands.edit(text, f"{request.brief}.md")
    return _Given(edited.text, excluded, place=edited.place)


def _notes(notes: Mapping[str, str], found: Iterable[Change], draft: Draft) -> tuple[Critique, ...]:
    return _critiques(
        draft,
        (
            comment_on(change, notes[change.id], draft.text)
            for change in found
            if notes.get(change.id, "").strip()
        ),
    )


def _new(
    project: Project, brief: str, critiques: Iterable[Critique]
) -> tuple[tuple[Critique, ...], tuple[Critique, ...]]:
    """The critiques that stay before them, and those that were not said before, each once.

    What was taken back and is said again counts again: its old place goes.
    """
    there = read_critiques(project, brief)
    live = {critique.id for critique in there if not critique.withdrawn}
    new = {critique.id: critique for critique in critiques if critique.id not in live}
    return tuple(critique for critique in there if critique.id not in new), tuple(new.values())


def _critiques(draft: Draft, comments: Iterable[Comment]) -> tuple[Critique, ...]:
    return tuple(
        tidy(
            Critique(
                brief=draft.brief,
                text=comment.text,
                quote=comment.quote,
                place=comment.place,
                version=draft.version,
            )
        )
        for comment in comments
    )
