"""A description and samples to a whole project, with a language model; its answer is never repaired."""

from loop.describe.answer import Pipeline, read_plan
from loop.describe.asking import Described, Told, describe, first_request
from loop.describe.files import assembled
from loop.describe.interview import FIRST_QUESTION, MOST_QUESTIONS, Turn, next_question, transcript
from loop.describe.plan import Plan, PlannedBrief, PlannedRule, PlannedStep
from loop.describe.samples import Sample, kept_as_examples
from loop.describe.schema import plan_schema
from loop.describe.sound import require_project

__all__ = [
    "FIRST_QUESTION",
    "MOST_QUESTIONS",
    "Described",
    "Pipeline",
    "Plan",
    "PlannedBrief",
    "PlannedRule",
    "PlannedStep",
    "Sample",
    "Told",
    "Turn",
    "assembled",
    "describe",
    "first_request",
    "kept_as_examples",
    "next_question",
    "plan_schema",
    "read_plan",
    "require_project",
    "transcript",
]
