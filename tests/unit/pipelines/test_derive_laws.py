"""Laws of derived operations: what is not refused is taken over exactly."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loop.errors import ProposalRejected
from loop.model import Guidance, Operation
from pipelines.derive import operations_between
from pipelines.differences import moves
from pipelines.operations import apply_operations
from tests.unit.pipelines.edited import CHECKS, FILES, GUIDANCE, GUIDE, NEW_CHECK, PROMPT, after, said


@given(st.permutations([f"r{number}" for number in range(7)]))
def test_moves_lead_from_one_order_to_the_other(order: list[str]) -> None:
    now = [f"r{number}" for number in range(7)]
    for id_, behind in moves(now.copy(), order):
        now.remove(id_)
        now.insert(now.index(behind) if behind else len(now), id_)
    assert now == order


def operation(action: str, target: str, **fields: Any) -> Operation:
    return Operation.model_validate({"action": action, "target": target, **fields})


SMALL = [
    operation("add", "rule", text="Be kind.", scope="blog", check=NEW_CHECK),
    operation("add", "rule", text="Sign it.", scope="letter"),
    operation("replace", "rule", id="r2", text="Sentences of few words."),
    operation("replace", "rule", id="r3", text="Open with a smell:\n- bread\n- tea"),
    operation("delete", "rule", id="r1"),
    operation("move", "rule", id="r5", before="r1"),
    operation("move", "rule", id="r2"),
    operation("add", "check", check=NEW_CHECK.model_copy(update={"rule": "r2"})),
    operation("replace", "check", id="c2", check=CHECKS[1].model_copy(update={"high": 12.5})),
    operation("delete", "check", id="c3"),
    operation("move", "check", id="c2", before="c1"),
    operation("replace", "prompt", id="prompts/draft.md", old="Write this.", text="Write it."),
    operation("insert", "prompt", id="prompts/polish.md", old="{{input}}", text="Thanks."),
    operation("delete", "prompt", id="prompts/draft.md", old="Only the text."),
]


@given(st.lists(st.sampled_from(SMALL), max_size=4, unique_by=lambda one: (one.target, one.id, one.text)))
def test_what_operations_did_is_found_again(operations: list[Operation]) -> None:
    try:
        wanted = apply_operations(GUIDANCE, operations).guidance
    except ProposalRejected:
        return
    found = operations_between(GUIDANCE, wanted.files)
    unavoidable = [one for one in found.refused if "goes to the end of its list" not in one]
    assert unavoidable == []
    assert len(found.operations) <= len(operations)
    if not found.refused:
        assert said(after(found)) == said(wanted)


LINES = [
    *GUIDE.splitlines(),
    *PROMPT.splitlines(),
    "- Be kind.",
    "Stray words.",
    "## Rules for letter",
    "```",
]


@given(
    st.sampled_from(["CLAUDE.md", "prompts/draft.md", "checks.toml"]),
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(["cut", "put", "swap", "say"]), st.integers(0, 30))
    ),
)
def test_whatever_is_not_refused_is_taken_over_exactly(path: str, edits: list[tuple[int, str, int]]) -> None:
    lines = FILES[path].splitlines()
    for at, how, other in edits:
        first, second = at % (len(lines) or 1), other % (len(lines) or 1)
        if how == "put":
            lines.insert(first, LINES[other % len(LINES)])
        elif lines and how == "cut":
            del lines[first]
        elif lines and how == "swap":
            lines[first], lines[second] = lines[second], lines[first]
        elif lines:
            lines[first] = lines[first].replace("e", "i", 1)
    changed = {path: "\n".join(lines) + "\n"}
    found = operations_between(GUIDANCE, changed)
    assert len(found.operations) <= 4
    result = after(found)
    if not found.refused:
        scopes, demands, prompts = said(Guidance(files={**FILES, **changed}))
        now = said(result)
        assert (now[0], now[2]) == (scopes, prompts)
        assert (now[1] == demands) if path == "checks.toml" else (sorted(now[1]) == sorted(demands))
    for untouched in FILES.keys() - {path, "checks.toml"}:
        assert result.files[untouched] == FILES[untouched]
