"""Take the writer's text for a brief: the final, and with it an edit pair."""

from __future__ import annotations

from shlex import quote
from typing import Annotated, NamedTuple

from feedback.align import changes
from feedback.criticmarkup import from_markup, is_review
from feedback.critique import dump_critiques
from feedback.effort import effort
from feedback.pairs import dump_pair
from loop.errors import RedraftError, UsageError
from loop.events import Note, Tell
from loop.model import Brief, Change, Critique, Draft, Entry, Pair, Record
from loop.project import Project
from loop.store import (
    as_file,
    critique_path,
    draft_text,
    final_path,
    keep_draft,
    plan_write,
    read_brief,
    read_critiques,
    read_draft_file,
    read_pairs,
    refuse_unkept,
)
from loop.verbs.parts.committing import draft_cost, keep_edits, record
from loop.verbs.parts.fields import Argument, TextSource

EXAMPLE = "redraft correct sourdough --file my-version.md"
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
    """Comments in the review, kept as critiques."""
    next: str
    """What to type next."""


async def do(project: Project, request: Request, tell: Tell) -> Result:
    """Keep the final, the pair, the draft and the brief in one commit."""
    brief = read_brief(project, request.brief)
    draft = read_draft_file(project, request.brief).draft
    given = _given(project, request, draft, tell)
    try:
        return _keep(project, request, brief, draft, given, tell)
    except RedraftError as error:
        if given.place:
            error.message = f"{error.message} What you wrote is kept in {given.place}."
        raise


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
    final, excluded, critiques, _ = given
    if not final.strip():
        raise UsageError("The final is empty, so nothing was kept.", hint="Save some text and try again.")
    compared = final if draft.text.endswith("\n") else final.removesuffix("\n").removesuffix("\r")
    found = changes(draft.text, compared)
    ids = {change.id for change in found}
    unknown = set(request.exclude) - ids
    if unknown:
        raise UsageError(
            f"There is no change “{min(unknown)}”.", hint=f"redraft show {request.brief} --changes"
        )
    refuse_unkept(project, final_path(brief.id), final)
    pair = Pair(
        brief=brief,
        draft=draft.text,
        final=compared,
        version=draft.version,
        model=draft.model,
        seed=draft.seed,
        excluded=tuple(id_ for id_ in dict.fromkeys((*excluded, *request.exclude)) if id_ in ids),
        effort=round(effort(draft.text, compared), 4),
        created=project.clock.now().isoformat(),
    )
    contents = [(final_path(brief.id), final), (f"pairs/{pair.id}.json", dump_pair(pair))]
    if critiques:
        kept = (*read_critiques(project, brief.id), *critiques)
        contents.append((critique_path(brief.id), dump_critiques(kept)))
    share = f"{pair.effort:.0%} of the draft" if found else "nothing: the draft stands"
    entry = Entry(
        verb="correct",
        subject=f"{brief.id}, changed {share}",
        trailers={
            "Brief": brief.id,
            "Base": draft.version,
            "Pair": pair.id,
            "Effort": f"{pair.effort:.4f}",
            **draft_cost(project, draft),
        },
    )
    with project.lock():
        head = keep_edits(project, tell)
        planned = [*keep_draft(project, brief.id), *plan_write(project, contents)]
        record(project, planned, entry, expect=head, tell=tell)
    if brief.split == "held_out":
        tell(Note(message=f"“{brief.id}” is held out: this final is measured, never learned from."))
    return Result(
        pair=pair.id,
        path=final_path(brief.id),
        effort=pair.effort,
        changes=found,
        excluded=pair.excluded,
        critiques=critiques,
        next="redraft learn" if brief.split == "train" else "redraft status",
    )


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
        critiques = tuple(
            Critique(brief=request.brief, text=comment.text, quote=comment.quote, version=draft.version)
            for comment in review.comments
        )
        return _Given(review.final, review.excluded, critiques)
    if request.text is not None:
        return _Given(request.text)
    project.history.check()  # what would not be kept is found before the writer has been at work
    refuse_unkept(project, final_path(request.brief))
    text, excluded = _to_edit(project, request.brief, draft.text, tell)
    how = project.commands.leaving()
    if how:
        another = f"EDITOR=NAME redraft correct {quote(request.brief)}"
        tell(Note(message=f"{how} Another editor: Ctrl-C, then  {another}"))
    edited = project.commands.edit(text, f"{request.brief}.md")
    return _Given(edited.text, excluded, place=edited.place)


def _to_edit(project: Project, brief: str, draft: str, tell: Tell) -> tuple[str, tuple[str, ...]]:
    """What the editor opens on: the writer's last words about this draft; and what was not to be learned."""
    text = draft_text(project, brief)
    own = [
        pair
        for pair in read_pairs(project)[0]
        if pair.brief.id == brief and pair.draft == draft and not pair.withdrawn
    ]
    if not own or text.rstrip() != draft.rstrip():
        return text, ()
    back = f"redraft withdraw {quote(brief)}   takes it back"
    tell(Note(message=f"The editor opens on your final of this draft. {back}."))
    return as_file(own[-1].final), own[-1].excluded
