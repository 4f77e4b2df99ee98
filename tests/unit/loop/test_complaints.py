"""What a person typed wrong is said in a person's words."""

from __future__ import annotations

import pytest

from loop.errors import ConfigError
from loop.settings import parse_settings

STEPS = '[[steps]]\nkind = "prompt"\nname = "draft"\n'


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('[gate]\nsamples = "three"', "gate.samples must be a whole number."),
        ("[gate]\nsamples = 0", "gate.samples must be at least 1."),
        ("[gate]\nsamples = 1.5", "gate.samples must be a whole number."),
        ("[model]\ntemperature = 9", "model.temperature must be at most 2."),
        ('[model]\ntop_p = "x"', "model.top_p must be a number."),
        ("[model]\nname = 3", "model.name must be a text in quotation marks."),
        (
            "[[steps]]\nkind = 'chekcs'",
            "steps.2 must be of a kind that is known: prompt, checks, command, agent.",
        ),
        ("[[steps]]\nname = 'x'", "steps.2 has no kind."),
        ("[[steps]]\nkind = 'command'\nname = 'x'\nargv = 'cat'", "steps.2.argv must be a list: [ ... ]."),
        ("[[steps]]\nkind = 'prompt'\nname = 'Big One'", "steps.2.name may hold only small letters"),
        ("[pipeline]\ntold = 'most'", "pipeline.told must be one of: auto, all or unenforced."),
        ("gate = 3", "gate must be a table of its own."),
    ],
)
def test_a_wrong_value_in_the_settings(more: str, says: str) -> None:
    text = f"{more}\n{STEPS}" if more == "gate = 3" else f"{STEPS}{more}\n"
    with pytest.raises(ConfigError) as refusal:
        parse_settings(text)
    assert says in refusal.value.message
    assert "nput should" not in refusal.value.message
