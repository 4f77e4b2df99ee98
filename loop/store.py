"""A project's records on disk: guidance, briefs, drafts, finals, critiques and pairs.

Reading gives values; nothing here writes. What is to be written is planned as FileChanges, and the
verb hands them to the history in one commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from shlex import quote

from pydantic import ValidationError

from loop.errors import DirtyGuidance, ProjectError, UsageError
from loop.model import (
    Brief,
    Choice,
    Critique,
    Draft,
    FileChange,
    Guidance,
    Measurement,
    Pair,
    Record,
    content_id,
)
from loop.names import file_name
from loop.nearest import nearest_hint
from loop.ports import Files, History
from loop.project import Project
from loop.settings import SETTINGS_FILE, parse_settings
from pipelines.briefs import parse_brief
from pipelines.guidance import GUIDANCE_PATHS, learnable, load

SHAPING_PATHS = (*GUIDANCE_PATHS, SETTINGS_FILE)
"""Everything whose text shapes a draft: the writer's edits to it become entries of their own."""

COST_FILE = ".redraft/new.json"
"""What building the project from a description cost: there until the entry that keeps it."""


def edited(project: Project) -> tuple[str, ...]:
    """The files that shape a draft and differ from their last entry."""
    return tuple(
        path for path in project.history.dirty(SHAPING_PATHS) if path == SETTINGS_FILE or learnable(path)
    )


def unkept(files: Files, history: History) -> bool:
    """True when the project has no first entry yet, and waits for the writer's yes.

    An edit of the guide that another verb kept in between is not the project's first entry: its briefs
    would still be in no commit.
    """
    if next(history.log(paths=[SETTINGS_FILE], limit=1), None) is None:
        return True
    return files.exists(COST_FILE) and all(entry.verb != "new" for entry in history.log())


class DraftFile(Record):
    """drafts/<id>.json: the latest draft of a brief, and the takes it was picked from."""

    draft: Draft
    """The draft that drafts/<id>.md holds."""
    takes: tuple[Draft, ...] = ()
    """All takes of one run, when there were several; the writer picks one."""
    replaces: str = ""
    """What drafts/<id>.md held before (`content_id`): if it still does, its writing was cut short."""


def as_file(text: str) -> str:
    """A draft as the file that a person opens: its last line is ended."""
    return text if text.endswith("\n") else f"{text}\n"


def brief_path(brief: str) -> str:
    """Where a brief lies. Raises UsageError for an id that is no file name."""
    return f"briefs/{file_name(brief)}.md"


def draft_paths(brief: str) -> tuple[str, str]:
    """The draft's text and its record."""
    return f"drafts/{file_name(brief)}.md", f"drafts/{file_name(brief)}.json"


def final_path(brief: str) -> str:
    """Where the writer's final lies."""
    return f"finals/{file_name(brief)}.md"


def critique_path(brief: str) -> str:
    """Where the critiques of a brief lie."""
    return f"critiques/{file_name(brief)}.md"


def work_guidance(project: Project) -> Guidance:
    """The guidance as it is on disk now."""
    paths = ["CLAUDE.md", "checks.toml", *project.files.list("prompts", ".md")]
    paths += project.files.list("examples", ".md")
    files = {path: project.files.read(path) for path in paths if project.files.exists(path)}
    return load(files, project.settings.steps_key)


def guidance_at(project: Project, commit: str) -> Guidance:
    """The guidance as it was at a commit; no checkout is needed."""
    files = dict(project.history.read(commit, SHAPING_PATHS))
    settings = files.pop(SETTINGS_FILE, None)
    key = parse_settings(settings).steps_key if settings is not None else project.settings.steps_key
    return load(files, key)


def brief_ids(project: Project) -> tuple[str, ...]:
    """The ids of all briefs, sorted."""
    return tuple(_stem(path) for path in project.files.list("briefs", ".md"))


def read_brief(project: Project, brief: str) -> Brief:
    """One brief. Raises UsageError naming the nearest id when there is none."""
    path = brief_path(brief)
    if not project.files.exists(path):
        new = f"Write what you want into {path} first."
        hint = nearest_hint(brief, brief_ids(project), otherwise=new)
        listed = hint.startswith("Known")
        raise UsageError(f"There is no brief “{brief}”.", hint=f"{new} {hint}" if listed else hint)
    return parse_brief(project.files.read(path), brief, default_type=project.settings.pipeline.type)


def read_briefs(project: Project) -> tuple[Brief, ...]:
    """All briefs, sorted by id."""
    return tuple(read_brief(project, brief) for brief in brief_ids(project))


def read_draft_file(project: Project, brief: str) -> DraftFile:
    """The latest draft of a brief with its takes. Raises UsageError when there is none yet."""
    text_path, record_path = draft_paths(brief)
    if not project.files.exists(record_path):
        read_brief(project, brief)
        raise UsageError(f"“{brief}” has no draft yet.", hint=f"redraft run {quote(brief)}")
    try:
        return DraftFile.model_validate_json(project.files.read(record_path))
    except ValidationError as error:
        raise ProjectError(
            f"{record_path} is damaged.",
            hint=f"Keep {text_path} if you need it, delete {record_path}, and run the brief again.",
        ) from error


def draft_text(project: Project, brief: str) -> str:
    """What drafts/<id>.md says; the record's text when that file is gone or its writing was cut short."""
    file = read_draft_file(project, brief)
    path = draft_paths(brief)[0]
    if project.files.exists(path):
        text = project.files.read(path)
        if content_id(text) != file.replaces:
            return text
    return as_file(file.draft.text)


def replaced_id(project: Project, brief: str) -> str:
    """What a new draft's record says it replaces: a text of redraft's own, or nothing.

    A text of the writer's is never named so: were it put back, it would be taken for a torn writing.
    """
    text_path, record_path = draft_paths(brief)
    if not project.files.exists(text_path) or not project.files.exists(record_path):
        return ""
    file, text = read_draft_file(project, brief), project.files.read(text_path)
    ours = {as_file(draft.text) for draft in (file.draft, *file.takes)}
    own = text in ours or content_id(text) == file.replaces  # or the writing before was cut short, too
    return content_id(text) if own else ""


def keep_draft(project: Project, brief: str) -> tuple[FileChange, ...]:
    """FileChanges that commit a brief with its draft as they are."""
    text_path, record_path = draft_paths(brief)
    kept = plan_keep(project, [brief_path(brief), record_path])
    return (*kept, *plan_write(project, [(text_path, draft_text(project, brief))]))


def refuse_edited(project: Project, brief: str) -> None:
    """Raise DirtyGuidance when drafts/<id>.md holds words that neither redraft wrote nor git has.

    A fresh draft is in no commit: writing over it would lose what the writer did in it.
    """
    text_path, record_path = draft_paths(brief)
    if not project.files.exists(text_path) or not project.files.exists(record_path):
        return
    file = read_draft_file(project, brief)
    text = draft_text(project, brief)
    ours = {draft.text.rstrip() for draft in (file.draft, *file.takes)}
    if text.rstrip() not in ours and project.history.dirty([text_path]):
        raise DirtyGuidance(
            f"{text_path} has edits of yours, so it was not written over.",
            hint=f"redraft correct {quote(brief)} --file {quote(text_path)}   keeps them as your final",
        )


def refuse_unkept(project: Project, path: str, text: str | None = None) -> None:
    """Raise DirtyGuidance when a file has edits that git does not hold, unless they are `text`."""
    if not project.files.exists(path) or not project.history.dirty([path]):
        return
    if text is None or project.files.read(path) != text:
        raise DirtyGuidance(
            f"{path} has edits of yours that are not kept yet.",
            hint=f"git add {quote(path)} && git commit -m 'my edits'   keeps them; then type this again",
        )


def read_critiques(project: Project, brief: str) -> tuple[Critique, ...]:
    """The critiques of one brief, oldest first."""
    from feedback.critique import parse_critiques  # `status` of a project without any need not pay for it

    path = critique_path(brief)
    if not project.files.exists(path):
        return ()
    return parse_critiques(project.files.read(path), brief)


def read_all_critiques(project: Project) -> tuple[Critique, ...]:
    """Every critique of the project, by brief, oldest first."""
    found: list[Critique] = []
    for path in project.files.list("critiques", ".md"):
        from feedback.critique import parse_critiques

        found += parse_critiques(project.files.read(path), _stem(path))
    return tuple(found)


def read_pairs(project: Project) -> tuple[tuple[Pair, ...], tuple[Choice, ...]]:
    """Every edit pair and every picked take, oldest first."""
    pairs: list[Pair] = []
    choices: list[Choice] = []
    for path in project.files.list("pairs", ".json"):
        from feedback.pairs import load_choice, load_pair

        text = project.files.read(path)
        if _stem(path).startswith("t"):
            choices.append(load_choice(text, path))
        else:
            pairs.append(load_pair(text, path))
    pairs.sort(key=lambda pair: (pair.created, pair.id))
    choices.sort(key=lambda choice: (choice.created, choice.id))
    return tuple(pairs), tuple(choices)


def read_pairs_of(project: Project, brief: str) -> tuple[Pair, ...]:
    """The edit pairs of one brief, oldest first; a file that does not name it is not looked into."""
    names = (json.dumps(brief), json.dumps(brief, ensure_ascii=False))
    found: list[Pair] = []
    for path in project.files.list("pairs", ".json"):
        text = project.files.read(path)
        if not _stem(path).startswith("t") and any(name in text for name in names):
            from feedback.pairs import load_pair

            found.append(load_pair(text, path))
    found.sort(key=lambda pair: (pair.created, pair.id))
    return tuple(pair for pair in found if pair.brief.id == brief)


def read_measurements(project: Project) -> tuple[Measurement, ...]:
    """Every measurement, oldest first."""
    found = []
    for folder in project.files.folders("measures"):
        for path in project.files.list(folder, ".json"):
            try:
                found.append(Measurement.model_validate_json(project.files.read(path)))
            except ValidationError as error:
                raise ProjectError(
                    f"{path} is damaged.",
                    hint=f"Delete {path} and measure again: redraft measure",
                ) from error
    return tuple(sorted(found, key=lambda measurement: measurement.created))


def plan_write(project: Project, contents: Iterable[tuple[str, str]]) -> tuple[FileChange, ...]:
    """FileChanges that bring these paths to these texts, whatever is there now."""
    return tuple(
        FileChange(
            path=path,
            before=project.files.read(path) if project.files.exists(path) else None,
            after=text,
        )
        for path, text in contents
    )


def plan_keep(project: Project, paths: Sequence[str]) -> tuple[FileChange, ...]:
    """FileChanges that commit these files as they are."""
    return plan_write(
        project, ((path, project.files.read(path)) for path in paths if project.files.exists(path))
    )


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
