"""A plan as the files of a project, in the form that `redraft new` gives a template's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import tomlkit

from loop.describe.plan import Plan, PlannedBrief, PlannedStep
from loop.model import Check
from loop.settings import SETTINGS_FILE
from pipelines.bullets import EVERYTHING, document_type
from pipelines.checkfile import CHECKS_FILE, dump_checks
from pipelines.guidance import GUIDE_FILE, PROMPTS_FOLDER
from pipelines.template import variables_of

IGNORED = ".redraft/"
IGNORE_FILE = ".gitignore"

_TITLE = "# How I write"
_STEP = """\
[[steps]]
kind = "prompt"        # asks the model with prompts/{name}.md
name = "{name}"

"""
_SETTINGS = """\
# How redraft runs this project. Steps run from top to bottom.

[pipeline]
name = {name}
type = {type}   # the document type of a brief that names none

{steps}[[steps]]
kind = "checks"        # applies checks.toml; asks the model once to mend what no check can

[model]
name = {model}   # `redraft models` lists all

[gate]                 # how hard a proposal is tested
samples = 2            # fresh drafts of each brief
replay = 6             # corrected briefs that are drafted again
held_out = {held_out: <11} # held-out briefs that are drafted
"""


def assembled(plan: Plan, examples: Mapping[str, str], model: str) -> Mapping[str, str]:
    """Path -> text of every file; `examples` are there already, and `model` is who shall write.

    In each prompt the guide and the examples come first, and are the same in all of them: a provider
    can keep that beginning from draft to draft and from step to step.
    """
    type_ = document_type(plan.type)
    files = {
        GUIDE_FILE: _guide(plan, type_),
        SETTINGS_FILE: _settings(plan, type_, model),
        CHECKS_FILE: dump_checks([*_checks(plan)]),
        IGNORE_FILE: f"{IGNORED}\n",
        **examples,
    }
    for number, step in enumerate(plan.steps):
        text = _prompt(step, first=number == 0, examples=bool(examples))
        files[f"{PROMPTS_FOLDER}/{step.name}.md"] = text
    for brief in plan.briefs:
        files[f"briefs/{brief.id}.md"] = _brief(brief, type_)
    return dict(sorted(files.items()))


def _guide(plan: Plan, type_: str) -> str:
    prose = plan.guide.strip()
    parts = [prose if prose.startswith("# ") else f"{_TITLE}\n\n{prose}"]
    for scope in (EVERYTHING, type_):
        lines = [
            f"- {rule.text.strip()} <!-- r{number} -->"
            for number, rule in enumerate(plan.rules, start=1)
            if document_type(rule.scope) == scope
        ]
        if lines:
            parts.append(f"## Rules for {scope}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _checks(plan: Plan) -> Iterator[Check]:
    enforced = [(number, rule.check) for number, rule in enumerate(plan.rules, start=1) if rule.check]
    for place, (number, check) in enumerate(enforced, start=1):
        yield check.model_copy(update={"id": f"c{place}", "rule": f"r{number}"})


def _settings(plan: Plan, type_: str, model: str) -> str:
    return _SETTINGS.format(
        name=_quoted(plan.name.strip()),
        type=_quoted(type_),
        steps="".join(_STEP.format(name=step.name) for step in plan.steps),
        model=_quoted(model),
        held_out=sum(brief.held_out for brief in plan.briefs),
    )


def _quoted(text: str) -> str:
    return tomlkit.item(text).as_string()


def _prompt(step: PlannedStep, *, first: bool, examples: bool) -> str:
    parts = ["{{guidance}}"]
    if examples:
        parts.append("<examples>\n{{examples}}\n</examples>")
    parts.append(step.prompt.strip())
    used = variables_of(step.prompt, f"{PROMPTS_FOLDER}/{step.name}.md")
    if "brief" not in used:
        parts.append("<brief>\n{{brief}}\n</brief>")
    if not first and "input" not in used:
        parts.append("<text>\n{{input}}\n</text>")
    return "\n\n".join(parts) + "\n"


def _brief(brief: PlannedBrief, type_: str) -> str:
    split = "held_out" if brief.held_out else "train"
    return f"---\ntype: {type_}\nsplit: {split}\n---\n{brief.text.strip()}\n"
