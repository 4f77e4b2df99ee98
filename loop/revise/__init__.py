"""Evidence to operations with a language model; nothing of its answer is repaired."""

from loop.revise.agent import agent_task
from loop.revise.answer import read_reply
from loop.revise.asking import Asked, Revision, first_question, revise
from loop.revise.judge import holds, judge_request
from loop.revise.schema import operations_schema
from loop.revise.tidying import tidied, tidy_request
from loop.revise.trying import Reproduced, Trial

__all__ = [
    "Asked",
    "Reproduced",
    "Revision",
    "Trial",
    "agent_task",
    "first_question",
    "holds",
    "judge_request",
    "operations_schema",
    "read_reply",
    "revise",
    "tidied",
    "tidy_request",
]
