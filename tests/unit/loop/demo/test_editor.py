"""The scripted editor: it can edit any draft, comes to rest, and is drawn the same everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.demo.editor import COMMON, POOL, Editor, draw
from loop.demo.habits import Habit

DRAFT = """\
Here is a story that I always tell people, and it is about a bread that rises, but only when you wait for it.
It's just flour and water! However, every baker really needs patience — so wait.

And the world of color is also organized. So don't throw it away; keep it.
You can't rush it. It is good. I like it.

```
don't touch - this; code!
```

"Quoted words" stand here. It was long ago, and the kitchen was cold, but the oven was warm
because my aunt had lit it.
"""


LONG = "Bread is a thing of few words, as all bread is."


def test_a_quarter_of_at_least_twenty_habits_is_beyond_any_check() -> None:
    beyond = [habit for habit in POOL if not habit.enforceable]

    assert len(POOL) >= 20
    assert len(beyond) * 4 >= len(POOL)
    assert len({habit.name for habit in POOL}) == len(POOL)
    assert {habit.name for habit in POOL} >= COMMON


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ('"yet" for "but"', "Slow, but good.", "Slow, yet good."),
        ('no "just"', "Just wait. It is just bread.", "Wait. It is bread."),
        ("British spelling", "The color is organized.", "The colour is organised."),
        ("contractions", "It is good and we do not mind.", "It's good and we don't mind."),
        ("no contractions", "It's good.", "It is good."),
        ("no exclamation marks", "Wait!! Now!", "Wait. Now."),
        ("no dashes", "Wait — it rises.", "Wait, it rises."),
        ("no semicolons", "Wait; it rises.", "Wait. It rises."),
        ('ends with "Until next time."', "It rises.", "It rises.\n\nUntil next time."),
        ("paragraphs up to 2 sentences", "One. Two. Three.", "One. Two.\n\nThree."),
        ("the shorter sentence first", "This one is quite long. Short.", "Short. This one is quite long."),
        (
            "names the subject",
            "It is good bread, the bread of home.",
            "The bread is good bread, the bread of home.",
        ),
        ("comes back to the subject", f"Bread again. {LONG}", f"Bread again. {LONG} Enough about bread."),
    ],
)
def test_a_habit_edits_as_a_person_would(name: str, before: str, after: str) -> None:
    habit = next(habit for habit in POOL if habit.name == name)

    edited = habit.edit(before)

    assert edited.text == after
    assert edited.corrections > 0


@pytest.mark.parametrize("habit", POOL, ids=lambda habit: habit.name)
@given(
    text=st.one_of(st.text(max_size=200), st.sampled_from([DRAFT, "", "# Only a heading", "```\ncode!\n```"]))
)
@settings(max_examples=40, deadline=None)
def test_a_habit_edits_any_text_once(habit: Habit, text: str) -> None:
    edited = habit.edit(text)

    assert habit.edit(edited.text) == (edited.text, 0)
    assert (edited.text == text) == (edited.corrections == 0)


@given(seed=st.integers(0, 300), text=st.one_of(st.just(DRAFT), st.text(max_size=120)))
@settings(max_examples=80, deadline=None)
def test_a_finished_text_gets_no_correction(seed: int, text: str) -> None:
    editor = Editor(draw(seed))
    done = editor.edit(text)

    assert editor.edit(done.text) == (done.text, {}, done.settled)


@pytest.mark.parametrize("first", POOL, ids=lambda habit: habit.name)
def test_no_two_habits_undo_each_other(first: Habit) -> None:
    for second in POOL:
        if second.group != first.group:
            done = Editor([first, second]).edit(DRAFT)

            assert all(habit.edit(DRAFT).corrections == 0 for habit in (first, second)) or done.corrections


@given(seed=st.integers(0, 1000))
def test_a_seed_draws_eight_habits_and_eight_others(seed: int) -> None:
    drawn = draw(seed)
    others = draw(seed, avoid=[habit.name for habit in drawn])

    assert drawn == draw(seed)
    assert [habit.enforceable for habit in drawn].count(False) == 2
    assert len({habit.group for habit in (*drawn, *others)}) == 16


def test_the_draw_is_the_same_on_every_computer() -> None:
    assert [habit.name for habit in draw(1)] == [
        'ends with "Until next time."',
        '"yet" for "but"',
        'no "always"',
        "no intensifiers",
        "no dashes",
        "paragraphs up to 2 sentences",
        "the shorter sentence first",
        "joins short sentences",
    ]


def test_code_is_left_alone() -> None:
    done = Editor(draw(2)).edit(DRAFT)

    assert "don't touch - this; code!" in done.text
