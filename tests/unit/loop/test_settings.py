"""redraft.toml says what it means: nothing in it is taken for something else."""

from __future__ import annotations

import pytest

from loop.errors import ConfigError
from loop.settings import parse_settings

STEPS = '[[steps]]\nkind = "prompt"\nname = "draft"\n'
CHECKS = f'{STEPS}\n[[steps]]\nkind = "checks"\n'


@pytest.mark.parametrize("value", ['"no"', '"yes"', '"true"', "1", "0", "[]"])
def test_whether_a_project_is_private_is_never_guessed(value: str) -> None:
    with pytest.raises(ConfigError, match="line 2: private must be true or false") as caught:
        parse_settings(f"# mine\nprivate = {value}\n{STEPS}")
    assert "private = true" in caught.value.hint


def test_private_in_the_wrong_place_is_told_where_it_belongs() -> None:
    for text in (f"{STEPS}private = true\n", f"{STEPS}[model]\nprivate = true\n"):
        with pytest.raises(ConfigError, match="unknown key") as caught:
            parse_settings(text)
        assert "at the top of the file" in caught.value.hint
    assert parse_settings(f"private = true\n{STEPS}").private


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"checks = true\n{STEPS}", "checks"),
        (f'{STEPS}[agent]\nmodel = "opus"\n', "agent"),
        (f'{STEPS}[[command]]\nargv = ["x"]\n', "command"),
        (f'{STEPS}prompt = "short"\n', "steps.1.prompt"),
    ],
)
def test_a_key_that_is_named_like_a_kind_of_step_is_unknown_as_any_other(text: str, name: str) -> None:
    with pytest.raises(ConfigError, match=f"unknown key “{name}”"):
        parse_settings(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'{STEPS}appends = "no"\n', "line 4: steps.1.appends must be true or false"),
        (f'{CHECKS}refine = "no"\n', "line 7: steps.2.refine must be true or false"),
        (f'{STEPS}max_tokens = "5"\n', "line 4: steps.1.max_tokens must be a whole number"),
        (f'{STEPS}[budget]\nusd = "5"\n', "line 5: budget.usd must be a number"),
        (f"{STEPS}[budget]\nusd = inf\n", "line 5: budget.usd must be a plain number"),
        (f"{STEPS}[budget]\ncalls = true\n", "line 5: budget.calls must be a whole number"),
        (f"{STEPS}[gate]\nsamples = 3.5\n", "line 5: gate.samples must be a whole number"),
        (f"{STEPS}[model]\nname = 5\n", "line 5: model.name must be a text in quotation marks"),
        (f"servers = 3\n{STEPS}", "line 1: servers must be a table of its own"),
        (
            f'{STEPS}[servers]\nDesk = "http://127.0.0.1:8000"\n',
            "line 5: servers.Desk may hold only small letters, digits, - and _, and begins with a letter",
        ),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_settings(text)
    assert caught.value.message == f"redraft.toml, {says}."


def test_lists_and_whole_numbers_are_taken_as_they_are() -> None:
    settings = parse_settings(f'{STEPS}given = ["brief"]\n[budget]\nusd = 2\n')
    assert settings.steps[0].model_dump()["given"] == ("brief",)
    assert settings.budget.usd == 2


def test_what_is_no_toml_names_the_line_and_never_shows_what_stands_there() -> None:
    with pytest.raises(ConfigError, match="line 5, cannot be read") as caught:
        parse_settings(f"{STEPS}[model]\napi_key = sk-very-secret\n")
    assert "sk-very-secret" not in caught.value.message + caught.value.hint
    with pytest.raises(ConfigError, match="cannot be read to its end"):
        parse_settings(f'{STEPS}given = ["brief"')
