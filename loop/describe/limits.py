"""The bounds of a plan: how much of each, how long, and under which names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import regex

from loop.describe.filenames import LONGEST, is_plain
from loop.describe.plan import Plan, PlannedBrief, PlannedStep
from loop.describe.samples import Sample
from loop.errors import ConfigError
from loop.tokens import CHARACTERS_PER_TOKEN
from pipelines.bullets import EVERYTHING, document_type, rule_lines
from pipelines.guide import ids_in, rules_of
from pipelines.template import variables_of

MOST_RULES = 20
LONGEST_RULE = 300
"""A rule is a sentence."""
LONGEST_GUIDE = 3_000
MOST_STEPS = 4
LONGEST_PROMPT = 4_000
FEWEST_BRIEFS, MOST_BRIEFS = 6, 12
FEWEST_HELD_OUT, FEWEST_TRAIN = 2, 3
LONGEST_BRIEF = 2_000
GUIDE_TOKENS = 1_500
"""What redraft.toml allows the rules together, unless the writer raises it."""

_STEP = regex.compile(r"[a-z][a-z0-9_-]*")
_CHECKS = "checks"
"""The name of the step behind all others."""
_TYPE = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N} '’-]{0,39}")
_NAME = regex.compile(r"[^\p{C}\p{Zl}\p{Zp}]{1,60}")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_BLANKS = regex.compile(r"[ \t]+")
_COPIED = 8
"""So many words in a row that stand in a sample too are no chance."""
_TITLE = regex.compile(r"\s*#{1,6}[ \t]+(\S.*)")
_SHORTEST_TITLE = 3


def what_is_wrong(plan: Plan, samples: Sequence[Sample]) -> Iterator[str]:
    """A sentence about each bound that the plan breaks."""
    if not plan.name.strip() or not _NAME.fullmatch(plan.name):
        yield "“name” must be one line of at most 60 characters."
    if not _TYPE.fullmatch(plan.type) or document_type(plan.type) == EVERYTHING:
        yield "“type” must be one to three plain words, such as: blog post."
    yield from _guide(plan)
    yield from _rules(plan)
    yield from _amount("steps", len(plan.steps), 1, MOST_STEPS)
    yield from _twice("step", [step.name for step in plan.steps])
    for number, step in enumerate(plan.steps):
        yield from _step(step, first=number == 0)
    yield from _briefs(plan, samples)


def _guide(plan: Plan) -> Iterator[str]:
    if not plan.guide.strip():
        yield "“guide” is empty."
    if len(plan.guide) > LONGEST_GUIDE:
        yield f"“guide” has {len(plan.guide):,} characters; at most {LONGEST_GUIDE:,} are allowed."
    if "\0" in plan.guide or rules_of(plan.guide) or ids_in(plan.guide):
        yield "“guide” is for prose, without rules and without comments."


def _rules(plan: Plan) -> Iterator[str]:
    yield from _amount("rules", len(plan.rules), 1, MOST_RULES)
    yield from _twice("rule", [" ".join(rule.text.casefold().split()) for rule in plan.rules])
    scopes = {EVERYTHING, document_type(plan.type)}
    for number, rule in enumerate(plan.rules, start=1):
        text = rule.text.strip(" \t")
        if len(text) > LONGEST_RULE or not _is_line(text):
            yield f"Rule {number} must be one line of at most {LONGEST_RULE} characters."
        elif rule_lines(text) != (single_blanks(text),):
            yield f"Rule {number} must be a sentence alone, without a bullet or a comment."
        if document_type(rule.scope) not in scopes:
            yield f"Rule {number} is for “{rule.scope}”; it must be for “{plan.type}” or everything."
    length = sum(len(rule.text) for rule in plan.rules)
    if length > GUIDE_TOKENS * CHARACTERS_PER_TOKEN:
        most = GUIDE_TOKENS * CHARACTERS_PER_TOKEN
        yield f"The rules have {length:,} characters together; at most {most:,} are allowed."


def single_blanks(text: str) -> str:
    """A line with one blank where there were several; what does not break stays."""
    return _BLANKS.sub(" ", text).strip(" ")


def _step(step: PlannedStep, *, first: bool) -> Iterator[str]:
    if not _STEP.fullmatch(step.name) or not is_plain(step.name) or step.name == _CHECKS:
        yield f"“{step.name}” cannot be a step's name: take one word in small letters, not “{_CHECKS}”."
    if not step.prompt.strip() or "\0" in step.prompt or len(step.prompt) > LONGEST_PROMPT:
        yield f"The prompt of “{step.name}” must have 1 to {LONGEST_PROMPT:,} characters."
    try:
        used = variables_of(step.prompt, f"The prompt of “{step.name}”")
    except ConfigError as error:
        yield f"{error.message} {error.hint}"
        return
    allowed = ("brief",) if first else ("brief", "input")
    for name in used:
        if name not in allowed:
            may = " and ".join(f"{{{{{one}}}}}" for one in allowed)
            yield f"The prompt of “{step.name}” may use {may}, not {{{{{name[:40]}}}}}."


def _briefs(plan: Plan, samples: Sequence[Sample]) -> Iterator[str]:
    yield from _amount("briefs", len(plan.briefs), FEWEST_BRIEFS, MOST_BRIEFS)
    yield from _twice("brief", [brief.id for brief in plan.briefs])
    held_out = sum(brief.held_out for brief in plan.briefs)
    if held_out < FEWEST_HELD_OUT or len(plan.briefs) - held_out < FEWEST_TRAIN:
        yield (
            f"{held_out} of {len(plan.briefs)} briefs are held out; at least {FEWEST_HELD_OUT} must be,"
            f" and at least {FEWEST_TRAIN} must not be."
        )
    for brief in plan.briefs:
        if not is_plain(brief.id):
            yield (
                f"“{brief.id}” cannot be a brief's id: take words in small letters with hyphens between"
                f" them, at most {LONGEST} characters."
            )
        text = brief.text.strip()
        if not _WORD.search(text) or "\0" in text or len(text) > LONGEST_BRIEF:
            yield f"The brief “{brief.id}” must have 1 to {LONGEST_BRIEF:,} characters."
        for number, sample in enumerate(samples, start=1):
            if _copies(brief, sample):
                yield f"The brief “{brief.id}” repeats sample {number}; take a topic of its own."


def _copies(brief: PlannedBrief, sample: Sample) -> bool:
    """True when a brief holds a sample's title, or many words of it in a row."""
    words = _words(brief.text)
    text = f" {' '.join(_words(sample.text))} "
    runs = (words[start : start + _COPIED] for start in range(len(words) - _COPIED + 1))
    if any(f" {' '.join(run)} " in text for run in runs):
        return True
    title = _TITLE.match(sample.text)
    named = _words(title.group(1)) if title else []
    return len(named) >= _SHORTEST_TITLE and f" {' '.join(named)} " in f" {' '.join(words)} "


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _amount(what: str, there: int, fewest: int, most: int) -> Iterator[str]:
    if not fewest <= there <= most:
        yield f"There are {there} {what}; {fewest} to {most} are wanted."


def _twice(what: str, names: Sequence[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"There are {times} {what}s “{name[:60]}”; each must be another."


def _is_line(text: str) -> bool:
    return len(text.splitlines()) == 1 and text.isprintable()
