"""Where the border between two steps' texts is, however they were edited since."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.dataset.cutting import RunsOver, borders, cut
from loop.model import Wrote
from tests.unit.feedback.dataset.made import ADVICE, DRAFT, POST, wrote


def cut_at(final: str, draft: str = DRAFT) -> list[str]:
    return cut(final, borders(wrote(), (draft, final))[1])


@pytest.mark.parametrize(
    ("final", "parts"),
    [
        (DRAFT, [POST, ADVICE]),
        (f"{POST}\n\n\n\n{ADVICE}\n", [POST, ADVICE]),
        (DRAFT.replace("warm", "hot").replace("garden", "park"), None),
        (f"{POST}\n\nA whole new paragraph.\n\n{ADVICE}", [f"{POST}\n\nA whole new paragraph.", ADVICE]),
        (f"{POST} And more.\n\n{ADVICE}", [f"{POST} And more.", ADVICE]),
        (f"{POST}\n\nAlso: {ADVICE}", [POST, f"Also: {ADVICE}"]),
        (f"{DRAFT}\n\nThe end.", [POST, f"{ADVICE}\n\nThe end."]),
        (POST, [POST, ""]),
        (ADVICE, ["", ADVICE]),
        (f"Tea is warm.\n\n{ADVICE}", ["Tea is warm.", ADVICE]),
    ],
)
def test_every_edit_stays_with_the_step_whose_text_it_changed(final: str, parts: list[str] | None) -> None:
    expected = parts or [POST.replace("warm", "hot"), ADVICE.replace("garden", "park")]
    assert cut_at(final) == expected


@pytest.mark.parametrize("final", [f"{POST} {ADVICE}", f"{POST}\n{ADVICE}", f"{POST[:-6]} and {ADVICE[4:]}"])
def test_an_edit_that_joins_what_two_steps_wrote_runs_over_the_border(final: str) -> None:
    with pytest.raises(RunsOver):
        cut_at(final)


def test_a_border_is_followed_through_checks_between_and_behind_the_steps() -> None:
    steps = (
        Wrote(step="post", output="Tea is very warm."),
        Wrote(step="mend", kind="checks", output="Tea is warm."),
        Wrote(step="advice", output="Tea is warm.\n\nDrink it now!", appends=True),
        Wrote(step="more", output="Tea is warm.\n\nDrink it now!\n\nAnd sing.", appends=True),
    )
    draft = "Tea is warm.\n\nDrink it now.\n\nAnd sing."
    final = "Tea is so warm.\n\nDrink it.\n\nAnd sing. Loudly."
    of_draft, of_final = borders(steps, (draft, final))
    assert cut(draft, of_draft) == ["Tea is warm.", "Drink it now.", "And sing."]
    assert cut(final, of_final) == ["Tea is so warm.", "Drink it.", "And sing. Loudly."]


WORDS = st.lists(st.sampled_from("tea cup rain warm bring sing. garden. kettle. a of".split()), max_size=12)
PARAGRAPHS = st.lists(WORDS.map(" ".join), min_size=1, max_size=4).map("\n\n".join)


@given(PARAGRAPHS.filter(str.strip), PARAGRAPHS.filter(str.strip), PARAGRAPHS)
def test_no_word_is_lost_or_counted_twice(post: str, advice: str, final: str) -> None:
    steps = wrote(post, advice)
    try:
        found = borders(steps, (steps[1].output, final))
    except RunsOver:
        return
    assert " ".join(cut(final, found[1])).split() == final.split()
    assert cut(steps[1].output, found[0])[0].split() == post.split()
