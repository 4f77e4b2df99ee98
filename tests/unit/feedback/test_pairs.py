"""Edit pairs and picked takes as files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.pairs import dump_choice, dump_pair, load_choice, load_pair
from loop.errors import ConfigError
from loop.model import Brief, Choice, Pair

texts = st.text(st.characters(exclude_categories=["Cs"]))
BRIEF = Brief(id="sourdough", text="About bread – “good” bread.", type="blog")
PAIR = Pair(brief=BRIEF, draft="Brot ist gut.\r\n", final="Bread is 好.\n", excluded=("e1",), effort=0.25)
PATH = f"pairs/{PAIR.id}.json"


@given(texts, texts, st.floats(0, 1), st.lists(texts).map(tuple))
def test_a_pair_comes_back_as_it_was_kept(
    draft: str, final: str, effort: float, excluded: tuple[str, ...]
) -> None:
    pair = Pair(brief=BRIEF, draft=draft, final=final, effort=effort, excluded=excluded, withdrawn=True)
    text = dump_pair(pair)
    assert load_pair(text, f"pairs/{pair.id}.json") == pair
    assert dump_pair(load_pair(text, "pairs/somewhere.json")) == text


@given(texts, st.lists(texts).map(tuple))
def test_a_choice_comes_back_as_it_was_kept(chosen: str, rejected: tuple[str, ...]) -> None:
    choice = Choice(brief=BRIEF, chosen=chosen, rejected=rejected)
    assert load_choice(dump_choice(choice), f"pairs/{choice.id}.json") == choice


def test_a_pair_file_can_be_read_by_a_person() -> None:
    text = dump_pair(PAIR)
    assert text.endswith("}\n")
    assert '\n  "final": "Bread is 好.\\n",\n' in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not valid JSON"),
        ('{"brief": ', "not valid JSON"),
        ("[]", "the whole file"),
        (dump_pair(PAIR).replace('"final"', '"finale"'), "has no “final”"),
        (dump_pair(PAIR).replace('"effort": 0.25', '"effort": "much"'), "effort"),
        (dump_pair(PAIR).replace('"version": ""', '"verson": ""'), "verson"),
        (dump_pair(PAIR).replace('"split": "train"', '"split": "test"'), "brief.split"),
    ],
)
def test_a_broken_file_is_named_with_its_field(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=PATH) as caught:
        load_pair(text, PATH)
    assert says in caught.value.message
    assert PATH in caught.value.hint


def test_a_pair_that_was_changed_by_hand_is_refused_with_its_new_id() -> None:
    changed = PAIR.model_copy(update={"final": "Bread is bad."})
    with pytest.raises(ConfigError, match="changed by hand") as caught:
        load_pair(dump_pair(changed), PATH)
    assert changed.id in caught.value.message


def test_what_is_not_part_of_the_id_may_be_changed_by_hand() -> None:
    changed = PAIR.model_copy(update={"excluded": ("e1", "e2"), "withdrawn": True})
    assert load_pair(dump_pair(changed), PATH) == changed


def test_a_choice_is_not_a_pair() -> None:
    choice = Choice(brief=BRIEF, chosen="a", rejected=("b",))
    with pytest.raises(ConfigError, match="draft"):
        load_pair(dump_choice(choice), "pairs/x.json")
