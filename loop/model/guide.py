"""The learnable text: guidance, rules, checks, and the operations that change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from loop.model.record import Record, content_id

CheckKind = Literal["replace", "forbid", "require", "limit"]
Place = Literal["anywhere", "opening", "closing"]
Measure = Literal[
    "sentence_words",
    "paragraph_sentences",
    "piece_words",
    "headings",
    "list_items",
    "exclamation_marks",
    "question_marks",
    "emoji",
    "dashes",
    "semicolons",
    "parentheses",
    "bold",
]
Variant = Literal[
    "british",
    "american",
    "contracted",
    "uncontracted",
    "serial_comma",
    "no_serial_comma",
    "curly_quotes",
    "straight_quotes",
    "spelled_numbers",
    "sentence_case_headings",
    "title_case_headings",
]

MOST_OPERATIONS = 4
"""A proposal is small, so that a writer can read it and a measurement can be put down to it."""


class Guidance(Record):
    """The learnable text at one moment: path -> text."""

    files: Mapping[str, str]
    """`CLAUDE.md`, `checks.toml`, `prompts/*.md` and `examples/*.md`, by path in the project."""
    steps: str = ""
    """The pipeline's steps as canonical JSON: they shape a draft too, so they are part of the version."""

    @property
    def version(self) -> str:
        """Content hash (12 hex digits): the same text is the same version, however it was reached."""
        parts = [piece for path in sorted(self.files) for piece in (path, self.files[path])]
        return content_id(self.steps, *parts)


class Rule(Record):
    """One bullet of the style guide."""

    id: str
    """Stable id such as `r7`, kept in a trailing HTML comment that no model sees."""
    text: str
    """What the bullet says, in a writer's words."""
    scope: str = "everything"
    """The document type it is for; `everything` is for all of them."""


class Check(Record):
    """An enforceable form of a rule: it runs without a model, and fixes what it safely can.

    replace   `find` -> `text`, or everywhere to a `variant` (a family of replacements with one name)
    forbid    `find` must not stand there; `fix` says what is taken out
    require   `text` must stand at `place`
    limit     `measure` must be within `low`..`high`
    """

    id: str = ""
    """Stable id such as `c3`; empty until the check is part of a guide."""
    rule: str = ""
    """The id of the rule it enforces."""
    kind: CheckKind
    """What it does."""
    find: str = ""
    """replace, forbid: the phrase (whole words, any case), or a regular expression if `pattern`."""
    pattern: bool = False
    """True when `find` is a regular expression (time-limited; groups may be used in `text` as \\1)."""
    text: str = ""
    """replace: what stands there instead. require: what must stand there."""
    variant: Variant | None = None
    """replace: a whole family instead of `find` and `text`: spelling, contractions, quotes, ..."""
    place: Place = "anywhere"
    """require, forbid, replace: where. `opening` and `closing` are the first and last paragraph."""
    fix: Literal["none", "phrase", "sentence"] = "none"
    """forbid: take out the phrase, or its whole sentence, or only report it."""
    measure: Measure | None = None
    """limit: what is counted."""
    low: float | None = None
    """limit: the least allowed."""
    high: float | None = None
    """limit: the most allowed."""
    scope: str = "everything"
    """The document type it is for."""

    @property
    def form(self) -> str:
        """Content id of what the check demands, whatever its ids are."""
        return content_id(self.model_copy(update={"id": "", "rule": ""}).model_dump_json())


class Operation(Record):
    """One small change of the guidance, with its reason."""

    action: Literal["add", "replace", "delete", "move", "insert"]
    """`insert` is for a paragraph of a prompt; the rest for a rule, check, example or paragraph."""
    target: Literal["rule", "check", "example", "prompt"]
    """What is changed."""
    id: str = ""
    """The rule or check that is changed; for an example or a prompt its path."""
    text: str = ""
    """The new text of a rule, example or paragraph."""
    old: str = ""
    """prompt: the exact paragraph that is replaced, deleted or inserted after; rule: its words before."""
    check: Check | None = None
    """The new check; a rule that is added may bring its check along."""
    scope: str = "everything"
    """The document type a rule is for."""
    before: str = ""
    """move: the id of the rule it is moved in front of; empty is the end."""
    hypothesis: str = ""
    """Why this should help, in one sentence."""
    evidence: tuple[str, ...] = ()
    """Ids of the pairs, changes and critiques it rests on."""
    enforced: bool = True
    """False for a rule that no check can enforce: it is only told to the model."""
    question: str = ""
    """rule: a yes/no question about a draft; yes means that the writer would have to correct it again."""
    from_critique: bool = False
    """True when the writer asked for it in so many words."""

    @property
    def key(self) -> str:
        """What it demands, whatever its ids are: the name under which it is remembered as refused."""
        if self.check is not None:
            return self.check.form
        named = "" if self.action == "add" else self.id
        old = self.old if self.target == "prompt" else ""
        return content_id(self.action, self.target, named, self.text.strip().lower(), old)
