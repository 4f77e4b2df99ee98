"""What a run puts into drafts/: whole drafts, and beside them what came of those that broke off."""

from __future__ import annotations

from shlex import quote

from loop.counts import count
from loop.errors import DirtyGuidance, RedraftError
from loop.events import Note, Tell
from loop.model import Draft
from loop.project import Project
from loop.store import DraftFile, as_file, draft_paths, read_draft_file, refuse_edited, replaced_id
from loop.text.words import count_words
from loop.verbs.parts.turns import turn
from pipelines.runner import Job


class Came:
    """The drafts of a run as they end, whole or broken off, by brief."""

    def __init__(self) -> None:
        self._drafts: dict[str, dict[int, Draft]] = {}

    def add(self, job: Job, draft: Draft) -> None:
        """One more draft."""
        self._drafts.setdefault(draft.brief, {})[job.take] = draft

    def forget(self, brief: str) -> None:
        """Those of a brief are where they belong."""
        self._drafts.pop(brief, None)

    def of(self, brief: str) -> tuple[Draft, ...]:
        """The drafts of a brief, in the order of their takes."""
        found = self._drafts.get(brief, {})
        return tuple(found[take] for take in sorted(found))


async def keep_drafts(
    project: Project, brief: str, drafts: tuple[Draft, ...], tell: Tell, patience: float, *, steadfast: bool
) -> tuple[Draft, ...]:
    """Write what a run brought, and give the draft, or all takes, when there is a new draft.

    A whole draft takes the place of the draft. A text that broke off does so only where there is none: else
    it is one more take beside it, and nothing is given. So is a whole one where words of the writer's would
    go; then DirtyGuidance is raised. What cannot be written is put away outside the project: the error says
    where. `patience` and `steadfast`: as in `turn`.
    """
    if not drafts:
        return ()
    refused: DirtyGuidance | None = None
    try:
        async with turn(project, patience, steadfast=steadfast):
            beside = all(draft.stopped for draft in drafts) and _is_drafted(project, brief)
            refused = None if beside else _refused(project, brief)
            if beside or refused:
                _put_beside(project, brief, drafts, tell)
            else:
                _put(project, brief, drafts)
    except RedraftError as error:
        _put_away(project, drafts, error)
        raise
    if refused is not None:
        raise refused
    if beside:
        return ()
    for draft in drafts:
        if draft.stopped and len(drafts) == 1:
            text = draft_paths(brief)[0]
            tell(_note(draft, f"What came is the draft now: {text}"))
        elif draft.stopped:
            tell(_note(draft, f"What came is kept as take {drafts.index(draft) + 1}."))
    return drafts


def _is_drafted(project: Project, brief: str) -> bool:
    return any(project.files.exists(path) for path in draft_paths(brief))


def _refused(project: Project, brief: str) -> DirtyGuidance | None:
    """Why the draft cannot be replaced: there are words of the writer's in its file."""
    try:
        refuse_edited(project, brief)
    except DirtyGuidance as error:
        return error
    return None


def _put_away(project: Project, drafts: tuple[Draft, ...], error: RedraftError) -> None:
    """Nothing that came is lost where the project cannot take it: the error says where it lies."""
    places = []
    for draft in drafts:
        try:
            places.append(project.put_away(as_file(draft.text), f"{draft.brief}.md"))
        except RedraftError as other:
            error.message += f" What came could not be put away elsewhere either: {other.message}"
            break
    if places:
        error.message += f" What came is kept in {', '.join(places)}."
    error.args = (error.message,)


def _put(project: Project, brief: str, drafts: tuple[Draft, ...]) -> None:
    text_path, record_path = draft_paths(brief)
    draft = next((draft for draft in drafts if not draft.stopped), drafts[0])
    file = DraftFile(
        draft=draft, takes=drafts if len(drafts) > 1 else (), replaces=replaced_id(project, brief)
    )
    project.files.write(record_path, file.model_dump_json(indent=2) + "\n")
    project.files.write(text_path, as_file(draft.text))


def _put_beside(project: Project, brief: str, drafts: tuple[Draft, ...], tell: Tell) -> None:
    """As further takes of the draft that is there; its text stays as it is, with whatever was done in it."""
    file = read_draft_file(project, brief)
    takes = file.takes or (file.draft,)
    known = {take.text for take in takes}
    new = tuple(draft for draft in drafts if draft.text not in known)
    if new:
        file = file.model_copy(update={"takes": (*takes, *new)})
        project.files.write(draft_paths(brief)[1], file.model_dump_json(indent=2) + "\n")
    for draft in drafts:
        number = next(place for place, take in enumerate((*takes, *new), 1) if take.text == draft.text)
        how = f"redraft pick {quote(brief)} {number}   makes it the draft"
        tell(_note(draft, f"The draft stays as it was; what came is kept beside it as take {number}. {how}."))


def _note(draft: Draft, where: str) -> Note:
    how = "breaks off after" if draft.stopped else "is whole,"
    return Note(message=f"“{draft.brief}” {how} {count(count_words(draft.text), 'word')}. {where}")
