"""What is kept of how a draft came about."""

from __future__ import annotations

from loop.model import Draft, StepTrace, Wrote
from loop.settings import Settings
from loop.verbs.parts.wrote import wrote

SETTINGS = Settings.model_validate(
    {
        "steps": [
            {"kind": "prompt", "name": "outline"},
            {"kind": "prompt", "name": "post"},
            {"kind": "checks", "name": "mend"},
            {"kind": "prompt", "name": "advice", "appends": True},
            {"kind": "checks"},
        ]
    }
)


def draft(*steps: tuple[str, str, str]) -> Draft:
    traces = tuple(StepTrace(step=name, kind=kind, output=text) for name, kind, text in steps)
    return Draft(brief="tea", text=steps[-1][2] if steps else "Tea.", version="v", model="m", steps=traces)


def test_steps_are_kept_up_to_the_last_one_that_asked_a_model() -> None:
    kept = wrote(
        draft(
            ("outline", "prompt", "- warm"),
            ("post", "prompt", "Tea is very warm."),
            ("mend", "checks", "Tea is warm.\n"),
            ("advice", "prompt", "Tea is warm.\n\nDrink it!"),
            ("checks", "checks", "Tea is warm.\n\nDrink it."),
        ),
        SETTINGS,
    )
    assert kept == (
        Wrote(step="outline", output="- warm"),
        Wrote(step="post", output="Tea is very warm."),
        Wrote(step="mend", kind="checks", output="Tea is warm.\n"),
        Wrote(step="advice", output="Tea is warm.\n\nDrink it!", appends=True),
    )


def test_only_what_stands_below_its_input_was_appended() -> None:
    """The settings may be others than those that the draft was written with."""
    kept = wrote(draft(("post", "prompt", "Tea."), ("advice", "prompt", "Coffee, rather.")), SETTINGS)
    assert [one.appends for one in kept] == [False, False]
    longer = wrote(draft(("outline", "prompt", "Tea."), ("post", "prompt", "Tea.\n\nIt is warm.")), SETTINGS)
    assert [one.appends for one in longer] == [False, False]


def test_a_draft_that_came_in_otherwise_keeps_nothing() -> None:
    assert wrote(draft(), SETTINGS) == ()
    assert wrote(draft(("checks", "checks", "Tea.")), SETTINGS) == ()
