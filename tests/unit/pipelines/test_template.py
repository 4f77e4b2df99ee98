"""Templates: variables, and errors that name file and line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import ConfigError
from pipelines.template import VARIABLES, check_template, render, variables_of

SOURCE = "prompts/draft.md"
FULL = dict.fromkeys(VARIABLES, "text")


def test_each_variable_is_replaced_by_its_value_everywhere() -> None:
    template = "{{brief}} and {{ guidance }}, {{brief}}"
    assert render(template, {"brief": "B", "guidance": "G"}, SOURCE) == "B and G, B"


def test_a_value_with_braces_is_put_in_as_it_is() -> None:
    assert render("{{brief}}", {"brief": "{{guidance}} \\{{ }}", "guidance": "no"}, SOURCE) == (
        "{{guidance}} \\{{ }}"
    )


def test_escaped_braces_stay_and_lone_closing_braces_are_text() -> None:
    assert render("\\{{brief}} }} {x} {{brief}}", {"brief": "B"}, SOURCE) == "{{brief}} }} {x} B"


@pytest.mark.parametrize(
    ("template", "place", "near"),
    [
        ("one\ntwo {{breif}}", "prompts/draft.md:2:5", "{{brief}}"),
        ("one\r\ntwo\r\n{{guidence}}", "prompts/draft.md:3:1", "{{guidance}}"),
        ("{{}}", "prompts/draft.md:1:1", "{{"),
        ("{{{brief}}}", "prompts/draft.md:1:1", "{{brief}}"),
    ],
)
def test_an_unknown_variable_is_named_with_its_place_and_the_nearest_one(
    template: str, place: str, near: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        render(template, FULL, SOURCE)
    assert caught.value.message.startswith(place)
    assert near in caught.value.hint


def test_a_variable_without_a_value_is_an_error_and_never_an_empty_text() -> None:
    with pytest.raises(ConfigError, match=r"draft\.md:1:7.*\{\{input\}\}"):
        render("Here: {{input}}", {"brief": "B"}, SOURCE)


@pytest.mark.parametrize("template", ["a {{brief", "a {{brief\n}}", "a {{brief {{input}}", "{{"])
def test_braces_that_are_not_closed_on_their_line_are_an_error(template: str) -> None:
    with pytest.raises(ConfigError, match="not closed"):
        variables_of(template, SOURCE)


def test_variables_are_listed_once_in_order_of_use() -> None:
    assert variables_of("{{input}} \\{{brief}} {{guidance}} {{input}}", SOURCE) == ("input", "guidance")


def test_a_template_that_shows_neither_brief_nor_input_is_refused() -> None:
    with pytest.raises(ConfigError, match="never says what to write about"):
        check_template("Write! {{guidance}}", SOURCE, first=False)
    check_template("{{input}}", SOURCE, first=False)
    check_template("{{brief}} {{examples}}", SOURCE, first=True)


def test_the_first_step_has_no_input() -> None:
    with pytest.raises(ConfigError, match=r"draft\.md:2:1.*no \{\{input\}\}"):
        check_template("{{brief}}\n{{input}}", SOURCE, first=True)


def test_a_template_with_an_unknown_variable_is_refused_before_it_is_used() -> None:
    with pytest.raises(ConfigError, match="unknown variable"):
        check_template("{{brief}} {{notes}}", SOURCE, first=True)


@given(st.lists(st.tuples(st.text(alphabet="a }\n\\é"), st.sampled_from(VARIABLES))), st.text())
def test_rendering_is_putting_the_values_between_the_texts(parts: list[tuple[str, str]], value: str) -> None:
    template = "".join(f"{text} {{{{{name}}}}}" for text, name in parts)
    assert render(template, dict.fromkeys(VARIABLES, value), SOURCE) == "".join(
        f"{text} {value}" for text, _ in parts
    )


@given(st.text())
def test_any_text_is_rendered_or_refused_with_its_place(template: str) -> None:
    try:
        check_template(template, SOURCE, first=False)
    except ConfigError as error:
        assert error.message.startswith(SOURCE)  # noqa: PT017
    else:
        render(template, FULL, SOURCE)
