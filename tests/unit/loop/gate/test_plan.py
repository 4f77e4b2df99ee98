"""Which briefs a proposal is tested on."""

from __future__ import annotations

from loop.gate.plan import plan_gate
from loop.model import Operation
from loop.settings import Settings, parse_settings
from tests.unit.loop.gate.support import brief

STEPS = '[[steps]]\nkind = "prompt"\nname = "draft"\n[[steps]]\nkind = "checks"\n'


def _settings(gate: str = "") -> Settings:
    return parse_settings(f"[gate]\n{gate}\n{STEPS}")


BLOG_RULE = Operation(action="add", target="rule", text="Be brief.", scope="blog")
BRIEFS = (
    brief("rye", text="A loaf of rye bread with a sour crust."),
    brief("wheat", text="A loaf of wheat bread with a soft crust."),
    brief("bike", text="How to repair a bicycle chain in the rain."),
    brief("news", type_="newsletter", text="A loaf of bread for every member."),
    brief("held-bread", split="held_out", text="Bread again, a loaf."),
    brief("held-bike", split="held_out", text="A bicycle."),
    brief("held-news", type_="newsletter", split="held_out"),
)
ALL = {item.id for item in BRIEFS}


def test_the_source_the_other_pairs_and_the_held_out_briefs_of_the_type_are_drafted() -> None:
    plan = plan_gate(_settings(), [BLOG_RULE], BRIEFS, new={"rye"}, corrected=ALL)
    assert [item.id for item in plan.source] == ["rye"]
    assert [item.id for item in plan.replay] == ["wheat", "bike"]
    assert {item.id for item in plan.held_out} == {"held-bread", "held-bike"}


def test_the_most_similar_pairs_come_first_and_the_settings_cut_the_rest() -> None:
    plan = plan_gate(_settings("replay = 1\nheld_out = 1"), [BLOG_RULE], BRIEFS, new={"rye"}, corrected=ALL)
    assert [item.id for item in plan.replay] == ["wheat"]
    assert [item.id for item in plan.held_out] == ["held-bread"]


def test_a_rule_for_everything_is_tried_on_other_types_too_after_its_own() -> None:
    rule = BLOG_RULE.model_copy(update={"scope": "everything"})
    plan = plan_gate(_settings(), [rule], BRIEFS, new={"rye"}, corrected=ALL)
    assert [item.id for item in plan.replay] == ["wheat", "bike", "news"]
    assert plan.held_out[-1].id == "held-news"


def test_briefs_without_a_pair_are_not_replayed() -> None:
    plan = plan_gate(_settings(), [BLOG_RULE], BRIEFS, new={"rye"}, corrected={"rye", "bike"})
    assert [item.id for item in plan.replay] == ["bike"]


def test_the_cost_is_known_before_and_counts_both_arms() -> None:
    plan = plan_gate(_settings("samples = 2"), [BLOG_RULE], BRIEFS, new={"rye"}, corrected=ALL)
    assert plan.drafts == 2 * 2 * 5


def test_a_held_out_brief_is_never_a_source() -> None:
    plan = plan_gate(_settings(), [BLOG_RULE], BRIEFS, new={"held-bread", "rye"}, corrected=ALL)
    assert [item.id for item in plan.source] == ["rye"]


def test_briefs_without_words_do_not_break_the_ranking() -> None:
    empty = [item.model_copy(update={"text": ""}) for item in BRIEFS]
    plan = plan_gate(_settings(), [BLOG_RULE], empty, new={"rye"}, corrected=ALL)
    assert {item.id for item in plan.replay} == {"wheat", "bike"}
