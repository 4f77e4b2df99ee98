"""A model's answer, taken as it is or refused with everything that is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import regex
from pydantic import ValidationError

from loop.complaints import complaint
from loop.describe.files import assembled
from loop.describe.limits import single_blanks, what_is_wrong
from loop.describe.plan import CHECKS_OWN, Plan, PlannedBrief, PlannedRule, PlannedStep
from loop.describe.samples import Sample
from loop.describe.sound import require_project
from loop.errors import ConfigError, ReplyInvalid
from loop.model import Record, Rule
from pipelines.bullets import EVERYTHING, document_type
from pipelines.checks import findings
from pipelines.guidance import GUIDE_FILE
from pipelines.guide import rules_of

_FENCED = regex.compile(r"```(?:json)?[ \t]*\r?\n(.*?)\r?\n?```", regex.DOTALL)
_MOST_SAID = 6
"""So many faults of one answer are told; the rest is mostly of the same kind."""
_PARTS: tuple[tuple[str, str, type[Record]], ...] = (
    ("rules", "rule", PlannedRule),
    ("steps", "step", PlannedStep),
    ("briefs", "brief", PlannedBrief),
)
_SHARE = 0.5
"""A check that so many of the writer's own samples break says something else than the writer does."""


class Pipeline(NamedTuple):
    """A project that is whole, and not yet on disk."""

    plan: Plan
    """What the model said."""
    files: Mapping[str, str]
    """Path -> text of every file."""
    says: tuple[str, ...] = ()
    """What of the answer was left out, and why."""


def read_plan(reply: str, samples: Sequence[Sample], examples: Mapping[str, str], model: str) -> Pipeline:
    """The pipeline in a model's answer; `model` is who shall write with it.

    JSON alone is accepted, or one fenced block of it. A check that at least half of the samples break
    is left out, and its rule stays. Raises ReplyInvalid naming what is wrong.
    """
    plan = _plan(reply)
    faults = [*what_is_wrong(plan, samples)]
    if faults:
        raise invalid(faults, reply)
    try:
        plan, says = _without_contradicted(_in_order(plan), samples)
        files = assembled(plan, examples, model)
        require_project(files)
    except ConfigError as error:
        raise invalid([f"{error.message} {error.hint}".strip()], reply) from error
    hidden = [*_not_as_meant(plan, files)]
    if hidden:
        raise invalid(hidden, reply)
    return Pipeline(plan, files, says)


def json_of(reply: str) -> Mapping[str, Any]:
    """The one object that a reply is. Raises ReplyInvalid."""
    text = reply.strip()
    if not text:
        raise invalid(["It is empty."], reply)
    fenced = _FENCED.fullmatch(text)
    try:
        answer = json.loads(fenced.group(1) if fenced else text, object_pairs_hook=_no_twins)
    except (json.JSONDecodeError, RecursionError) as error:
        raise invalid(["It is not JSON."], reply) from error
    except ValueError as error:
        raise invalid([f"{str(error).capitalize()}."], reply) from error
    if not isinstance(answer, dict):
        raise invalid(["It is not a JSON object."], reply)
    return answer


def invalid(faults: Sequence[str], reply: str) -> ReplyInvalid:
    """The error for an answer that cannot be used."""
    said = [*faults[:_MOST_SAID]]
    if len(faults) > _MOST_SAID:
        said.append(f"And {len(faults) - _MOST_SAID} more faults of this kind.")
    return ReplyInvalid(
        f"The model's answer cannot be used. {' '.join(said)}",
        hint="Type the same again to have it asked anew, or name a stronger model: --model",
        reply=reply,
    )


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _plan(reply: str) -> Plan:
    answer = json_of(reply)
    faults = [*_claims(answer), *_misshapen(answer)]
    if faults:
        raise invalid(faults, reply)
    try:
        return Plan.model_validate_json(json.dumps(answer), strict=True)
    except ValidationError as error:
        raise invalid([_said("", error)], reply) from error


def _claims(answer: Mapping[str, Any]) -> Iterator[str]:
    rules = answer.get("rules")
    for number, rule in enumerate(rules if isinstance(rules, list) else [], start=1):
        check = rule.get("check") if isinstance(rule, dict) else None
        claimed = set(check) if isinstance(check, dict) else set()
        for name in CHECKS_OWN:
            if name in claimed:
                yield f"The check of rule {number} may not set “{name}”."


def _misshapen(answer: Mapping[str, Any]) -> Iterator[str]:
    """The first fault in the form of each rule, step and brief."""
    for key, word, kind in _PARTS:
        items = answer.get(key)
        for number, item in enumerate(items if isinstance(items, list) else [], start=1):
            try:
                kind.model_validate_json(json.dumps(item), strict=True)
            except ValidationError as error:
                yield _said(f"{word.capitalize()} {number}: ", error)


def _said(where: str, error: ValidationError) -> str:
    place = ".".join(str(part) for part in error.errors(include_url=False)[0]["loc"])
    return f"{where}{f'“{place}”' if place else 'it'} {complaint(error)}."


def _in_order(plan: Plan) -> Plan:
    """The plan with the rules for everything first, as they stand in the guide; single blanks in them."""
    lines = [rule.model_copy(update={"text": single_blanks(rule.text)}) for rule in plan.rules]
    rules = sorted(lines, key=lambda rule: document_type(rule.scope) != EVERYTHING)
    return plan.model_copy(update={"rules": tuple(rules)})


def _without_contradicted(plan: Plan, samples: Sequence[Sample]) -> tuple[Plan, tuple[str, ...]]:
    rules, says = [], []
    for rule in plan.rules:
        broken = [sample for sample in samples if rule.check and findings(sample.text, rule.check)]
        if broken and len(broken) >= len(samples) * _SHARE:
            says.append(
                f"“{rule.text}” stays a rule without a check:"
                f" {len(broken)} of your {len(samples)} samples would break it."
            )
            rules.append(rule.model_copy(update={"check": None}))
        else:
            rules.append(rule)
    return plan.model_copy(update={"rules": tuple(rules)}), tuple(says)


def _not_as_meant(plan: Plan, files: Mapping[str, str]) -> Iterator[str]:
    """What the project's own reader of the guide finds other than it was meant."""
    meant = [
        Rule(id=f"r{number}", text=rule.text, scope=document_type(rule.scope))
        for number, rule in enumerate(plan.rules, start=1)
    ]
    found = {rule.id: rule for rule in rules_of(files[GUIDE_FILE])}
    for number, rule in enumerate(meant, start=1):
        if found.pop(rule.id, None) != rule:
            yield f"Rule {number} is not one plain sentence: {rule.text}"
    if found:
        yield "“guide” holds rules; it is for prose, and rules stand under “rules”."
