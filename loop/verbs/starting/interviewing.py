"""The conversation with the writer that takes the place of a description, kept answer by answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import count

from loop.describe import FIRST_QUESTION, MOST_QUESTIONS, Sample, Turn, next_question, transcript
from loop.events import Note, Tell
from loop.ports import Files, LanguageModel, Person
from loop.project import Project
from loop.usable import Unusable

ANSWERS = ".redraft/answers.md"
"""Where the answers are: a text that `--describe` takes."""
_BESIDE = ".redraft/answers-"
_HOW = (
    f"At most {MOST_QUESTIONS} questions. Enter alone leaves one to the model;"
    " Ctrl-C stops and keeps your answers."
)


async def interviewed(
    project: Project,
    person: Person,
    description: str,
    samples: Sequence[Sample],
    model: LanguageModel,
    unusable: Unusable,
    tell: Tell,
) -> AsyncIterator[str]:
    """All that was said, after each answer: the description with the conversation below it.

    Nothing as long as nothing was answered.
    The first question is ours, unless there is a description; the others are the model's. Raises
    UsageError where nobody can be asked, and ModelError as the model does.
    """
    turns: list[Turn] = []
    asked = 0
    question: str | None = None if description else FIRST_QUESTION
    _set_aside(project.files)
    tell(Note(message=_HOW))
    while asked < MOST_QUESTIONS:
        asked += 1  # a description answers the first one
        if question is not None:
            turns.append(Turn(question, person.ask(question)))
            if any(turn.answer for turn in turns):
                said = _said(description, turns)
                project.files.write(ANSWERS, f"{said}\n")
                yield said
        if asked == MOST_QUESTIONS:
            return
        name, left = project.settings.model.name, MOST_QUESTIONS - asked
        heard = _said(description, turns)
        question = await next_question(heard, samples, model, name, left, tell, unusable)
        if question is None:
            return


def _set_aside(files: Files) -> None:
    """Keep the answers of a conversation that was broken off, under another name."""
    if files.exists(ANSWERS):
        places = (f"{_BESIDE}{number}.md" for number in count(1))
        free = next(place for place in places if not files.exists(place))
        files.write(free, files.read(ANSWERS))


def _said(description: str, turns: Sequence[Turn]) -> str:
    return f"{description.strip()}\n\n{transcript(turns)}".strip()
