"""Opening a project with a long history, against one with a short one."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.desk.figures import Figure, alternately, milliseconds
from benchmarks.desk.screen import REDRAFT, environment, until
from benchmarks.desk.texts import blog, edited, prose
from feedback.critique import dump_critiques
from feedback.pairs import dump_pair
from loop.adapters.git_log import message
from loop.model import Brief, Check, Critique, Draft, Entry, Operation, Pair
from loop.operations_log import operations_text
from loop.store import DraftFile

_FEW, _MANY = 100, 10_000
_TYPE = "blog"
_CYCLE = ("correct", "critique", "decide", "edit")
_LENGTH, _EDITS = 400, 12
"""Words of a draft, and how many of them the writer replaced."""
_ROUNDS = 9


def long_history() -> Iterator[Figure]:
    """Process start until the briefs are listed."""
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        home = environment(few)
        projects = [blog(few, home), blog(many, home)]
        for project, entries in zip(projects, (_FEW, _MANY), strict=True):
            _fill(project, entries)
        short, long = alternately(
            _ROUNDS,
            *(
                lambda project=project: until(REDRAFT, ("sourdough",), home, project)[0]
                for project in projects
            ),
        )
    yield Figure(
        f"opening a project with {_MANY:,} operations, a quarter of them pairs, against {_FEW}",
        long / short,
        2.0,
        how=f"process start until the briefs are listed, median of {_ROUNDS} alternating rounds: "
        f"{milliseconds(long)} against {milliseconds(short)}",
    )


class _Writer:
    """Makes the files of a writer who corrects two drafts of each brief, says what is wrong, and decides."""

    def __init__(self, project: Path) -> None:
        self._guide = project.joinpath("CLAUDE.md").read_text(encoding="utf-8")
        self._critiques: dict[str, list[Critique]] = {}
        self._evidence: list[str] = []

    def works(self, number: int, before: str) -> tuple[Entry, dict[str, str]]:
        """One operation as the log keeps it, and the files that it changes; `before` is the commit before it.

        There are 2,500 pairs, as many critiques and as many decisions in 10,000 operations.
        """
        brief, verb = f"week-{number // 8:04}", _CYCLE[number % len(_CYCLE)]
        base, version = {"Base": f"{number:012x}"}, {"Version": f"{number + 1:012x}"}
        guide = {"CLAUDE.md": f"{self._guide}\n<!-- {number} -->\n"}
        if verb == "edit":
            return Entry(verb=verb, subject="you changed CLAUDE.md", trailers=version), guide
        if verb == "decide":
            said = f"accept proposal {number}: never say “utilize”"
            trailers = version | base | self._decision(number) | {"Saw": before, "Cost": "0.0011"}
            return Entry(verb=verb, subject=said, trailers=trailers), guide
        trailers = {"Brief": brief} | base
        if verb == "critique":
            critique = Critique(brief=brief, text=f"No. {number}: never say “utilize”.")
            kept = self._critiques.setdefault(brief, [])
            kept.append(critique)
            self._evidence.append(critique.id)
            entry = Entry(
                verb=verb, subject=f"{brief}: {critique.text}", trailers=trailers | {"Critique": critique.id}
            )
            return entry, {f"critiques/{brief}.md": dump_critiques(kept)}
        pair = _pair(brief, number)
        self._evidence = [pair.id]
        trailers |= {"Pair": pair.id, "Effort": f"{pair.effort:.4f}", "Cost": "0.0003"}
        return Entry(verb=verb, subject=f"{brief}, changed 3% of the draft", trailers=trailers), _corrected(
            pair
        )

    def _decision(self, number: int) -> dict[str, str]:
        """A rule with its check, for the document type of the briefs, from what was said since."""
        rule = f"r{number}"
        check = Check(id=f"c{number}", rule=rule, kind="replace", find="utilize", text="use", scope=_TYPE)
        operation = Operation(
            action="add",
            target="rule",
            id=rule,
            text="Never say “utilize”.",
            check=check,
            scope=_TYPE,
            hypothesis="You changed this in 2 briefs; a check would do it for you.",
            evidence=tuple(self._evidence),
        )
        return {
            "Decision": "accept",
            "Gate": "accept",
            "Rules": f"+{rule}",
            "Proposal": str(number),
            "Operations": operations_text((operation,)),
        }


def _pair(brief: str, number: int) -> Pair:
    draft = prose(_LENGTH, seed=number)
    return Pair(
        brief=Brief(id=brief, text="What happened this week?", type=_TYPE),
        draft=draft,
        final=edited(draft, _EDITS),
        version="0" * 12,
        model="test",
        effort=0.03,
        created=f"2026-01-01T00:00:00.{number:06}+00:00",
    )


def _corrected(pair: Pair) -> dict[str, str]:
    brief = pair.brief.id
    record = DraftFile(draft=Draft(brief=brief, text=pair.draft, version="0" * 12, model="test"))
    return {
        f"briefs/{brief}.md": f"{pair.brief.text}\n",
        f"drafts/{brief}.json": record.model_dump_json(indent=2) + "\n",
        f"drafts/{brief}.md": pair.draft,
        f"finals/{brief}.md": pair.final,
        f"pairs/{pair.id}.json": dump_pair(pair),
    }


def _fill(project: Path, entries: int) -> None:
    """Operations like redraft's own, all through one `git fast-import`, on top of what is there."""
    writer = _Writer(project)
    git = ["git", "-C", str(project)]
    subprocess.run([*git, "branch", "-q", "-M", "main"], check=True)
    with subprocess.Popen(
        [*git, "fast-import", "--quiet", "--date-format=raw", "--force"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as importing:
        before = ""
        for number in range(entries):
            entry, files = writer.works(number, before)
            before = _committed(importing, number, message(entry), files)
    assert importing.returncode == 0
    subprocess.run([*git, "reset", "-q", "--hard"], check=True)


def _committed(importing: subprocess.Popen[bytes], number: int, said: str, files: Mapping[str, str]) -> str:
    """Add a commit, and give its name: decisions say which feedback they had seen."""
    assert importing.stdin is not None
    assert importing.stdout is not None
    lines = [
        f"commit refs/heads/main\nmark :{number + 1}\n",
        f"committer Ann Lee <ann@example.org> {1_700_000_000 + number} +0100\n",
        f"data {len(said.encode())}\n{said}\n",
        "" if number else "from refs/heads/main^0\n",
        *(f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n" for path, text in files.items()),
        f"get-mark :{number + 1}\n",
    ]
    importing.stdin.write("".join(lines).encode())
    importing.stdin.flush()
    return importing.stdout.readline().decode("ascii").strip()
