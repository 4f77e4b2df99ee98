"""The answer of a reviser, taken as it is or refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import regex
from pydantic import ValidationError

from feedback.evidence import Evidence
from loop.complaints import complaint
from loop.errors import ProposalRejected, ReplyInvalid
from loop.model import MOST_OPERATIONS, Guidance, Operation
from loop.revise.schema import RESERVED
from pipelines.bullets import EVERYTHING, document_type, rule_lines
from pipelines.checkfile import CHECKS_FILE, parse_checks
from pipelines.guidance import EXAMPLES_FOLDER, GUIDE_FILE, PROMPTS_FOLDER
from pipelines.guide import rules_of
from pipelines.operations import apply_operations

LONGEST_RULE = 400
"""A rule is a sentence or two; more characters are a rewrite."""
LONGEST_PARAGRAPH = 1200
"""So much one operation may write into a prompt."""

_COMMENT = regex.compile(r"<!--|-->")
_FENCED = regex.compile(r"```(?:json)?[ \t]*\r?\n(.*?)\r?\n?```", regex.DOTALL)


def read_reply(
    reply: str,
    evidence: Evidence,
    guidance: Guidance,
    ids: Iterable[str],
    *,
    limit: int = MOST_OPERATIONS,
) -> tuple[Operation, ...]:
    """The operations in a reviser's answer. Raises ReplyInvalid, naming what is wrong.

    `ids` are those of the evidence that was shown. JSON alone is accepted, or one fenced block of it.
    """
    critiques = {item.critique.id for item in evidence.critiques}
    known = _Known.of(guidance, evidence, frozenset(ids))
    found = []
    for number, item in enumerate(_items(reply, limit), start=1):
        operation = _operation(item, number, reply)
        wrong = _why_not(operation, known)
        if wrong:
            raise _invalid(f"Operation {number} of the reviser's answer {wrong}.", reply)
        asked = bool(operation.evidence) and critiques.issuperset(operation.evidence)
        enforced = operation.target != "rule" or operation.action != "add" or operation.check is not None
        found.append(operation.model_copy(update={"from_critique": asked, "enforced": enforced}))
    deleted = {
        operation.id for operation in found if (operation.target, operation.action) == ("rule", "delete")
    }
    if known.rules and deleted == known.rules:
        raise _invalid("The reviser's answer deletes every rule.", reply)
    try:
        apply_operations(guidance, found)
    except ProposalRejected as error:
        raise _invalid(f"The reviser's answer cannot be applied. {error.message}", reply) from error
    return tuple(found)


class _Known(NamedTuple):
    """What an operation may name."""

    rules: frozenset[str]
    checks: frozenset[str]
    files: Mapping[str, str]
    evidence: frozenset[str]
    finals: frozenset[str]
    types: frozenset[str]
    """Document types that there is feedback or a rule for."""

    @classmethod
    def of(cls, guidance: Guidance, evidence: Evidence, ids: frozenset[str]) -> _Known:
        rules = rules_of(guidance.files.get(GUIDE_FILE, ""))
        checks = parse_checks(guidance.files.get(CHECKS_FILE, ""), CHECKS_FILE)
        return cls(
            rules=frozenset(rule.id for rule in rules if rule.id),
            checks=frozenset(check.id for check in checks),
            files=guidance.files,
            evidence=ids,
            finals=frozenset(item.pair.final.strip() for item in evidence.pairs),
            types=frozenset(
                (
                    EVERYTHING,
                    *(document_type(item.pair.brief.type) for item in evidence.pairs),
                    *(document_type(item.type) for item in evidence.critiques),
                    *(rule.scope for rule in rules),
                )
            ),
        )


def _items(reply: str, limit: int) -> list[Any]:
    text = reply.strip()
    if not text:
        raise _invalid("The reviser's answer is empty.", reply)
    fenced = _FENCED.fullmatch(text)
    try:
        answer = json.loads(fenced.group(1) if fenced else text, object_pairs_hook=_no_twins)
    except (ValueError, RecursionError) as error:
        raise _invalid("The reviser's answer is not JSON.", reply) from error
    if not isinstance(answer, dict) or set(answer) != {"operations"}:
        raise _invalid("The reviser's answer is not an object with “operations” alone.", reply)
    operations = answer["operations"]
    if not isinstance(operations, list):
        raise _invalid("“operations” in the reviser's answer is not a list.", reply)
    if len(operations) > limit:
        many = len(operations)
        raise _invalid(f"The reviser proposes {many} operations; at most {limit} are allowed.", reply)
    return operations


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _operation(item: Any, number: int, reply: str) -> Operation:
    if isinstance(item, dict):
        claimed = [name for name in RESERVED if name in item]
        if claimed:
            raise _invalid(f"Operation {number} of the reviser's answer may not set “{claimed[0]}”.", reply)
    try:
        return Operation.model_validate_json(json.dumps(item), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "it"
        raise _invalid(
            f"Operation {number} of the reviser's answer: {where} {complaint(error)}.", reply
        ) from error


def _why_not(operation: Operation, known: _Known) -> str:
    """What is wrong with an operation, as the end of a sentence; empty when nothing is."""
    unknown = next((id_ for id_ in operation.evidence if id_ not in known.evidence), None)
    if unknown is not None:
        return f"names evidence that was not shown: “{unknown}”"
    match operation.target:
        case "rule":
            return _why_not_rule(operation, known)
        case "check":
            return _why_not_check(operation, known)
        case "prompt":
            return _why_not_prompt(operation, known)
        case "example":
            return _why_not_example(operation, known)


def _why_not_rule(operation: Operation, known: _Known) -> str:
    if operation.action == "insert":
        return "inserts a rule; a rule is added"
    if operation.action != "add" and operation.id not in known.rules:
        return f"names a rule that is not there: “{operation.id}”"
    if operation.action == "move" and operation.before and operation.before not in known.rules:
        return f"names a rule that is not there: “{operation.before}”"
    if len(operation.question) > LONGEST_RULE or "\n" in operation.question.strip():
        return f"asks more than one question: one line of at most {LONGEST_RULE} characters is"
    if operation.action in {"add", "replace"}:
        if not operation.text.strip():
            return "has no text for the rule"
        if "\n" in operation.text.strip() or len(operation.text) > LONGEST_RULE:
            return f"is more than one rule: one line of at most {LONGEST_RULE} characters is"
        if rule_lines(operation.text) != (" ".join(operation.text.split()),) or _COMMENT.search(
            operation.text
        ):
            return "has a bullet or a comment in the rule's text: a plain sentence is wanted"
    if operation.action == "add" and document_type(operation.scope) not in known.types:
        named = ", ".join(sorted(known.types))
        return f"is for “{operation.scope}”, and no piece is of that type: there are {named}"
    return ""


def _why_not_check(operation: Operation, known: _Known) -> str:
    if operation.action == "insert":
        return "inserts a check; a check is added"
    if operation.action != "add" and operation.id not in known.checks:
        return f"names a check that is not there: “{operation.id}”"
    if operation.action == "move" and operation.before and operation.before not in known.checks:
        return f"names a check that is not there: “{operation.before}”"
    if operation.action in {"add", "replace"} and operation.check is None:
        return "brings no check"
    if operation.action == "add" and operation.check and operation.check.rule not in known.rules:
        return f"adds a check for a rule that is not there: “{operation.check.rule}”"
    return ""


def _why_not_prompt(operation: Operation, known: _Known) -> str:
    if not operation.id.startswith(f"{PROMPTS_FOLDER}/") or operation.id not in known.files:
        return f"changes a file that is no prompt of the guidance: “{operation.id}”"
    if operation.action not in {"replace", "insert", "delete"}:
        return f"would {operation.action} a prompt; its paragraphs are replaced, inserted or deleted"
    if operation.action != "insert" and operation.old.strip() == known.files[operation.id].strip():
        return f"rewrites {operation.id} whole; an operation changes one paragraph of several"
    if len(operation.text) > LONGEST_PARAGRAPH:
        return f"writes more than {LONGEST_PARAGRAPH} characters into {operation.id}"
    return ""


def _why_not_example(operation: Operation, known: _Known) -> str:
    if operation.action == "insert":
        return "inserts an example; an example is added"
    if operation.action != "add" and operation.id not in known.files:
        return f"names an example that is not there: “{operation.id}”"
    if operation.id and not operation.id.startswith(f"{EXAMPLES_FOLDER}/"):
        return f"changes a file that is no example of the guidance: “{operation.id}”"
    if operation.action in {"add", "replace"} and operation.text.strip() not in known.finals:
        return "makes up an example; an example is one of the writer's finals, word for word"
    return ""


def _invalid(message: str, reply: str) -> ReplyInvalid:
    return ReplyInvalid(
        message,
        hint="Nothing was changed. Type the command again to ask anew, or use a stronger model.",
        reply=reply,
    )
