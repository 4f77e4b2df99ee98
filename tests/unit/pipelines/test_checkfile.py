"""checks.toml is read with care, and written without losing a word of the writer's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import ConfigError
from loop.model import Check
from pipelines.checkfile import dump_checks, parse_checks
from pipelines.soundness import problems
from tests.unit.pipelines.drafts import checks

FILE = """\
# My checks.

# --- words ---

# never!
[[check]]
id = "c1"   # the first one
rule = "r1"
kind = "replace"
find = 'utili[sz]e'
pattern = true
text = "use"

# --- limits ---

[[check]]
kind = "limit"
id = "c2"
measure = "sentence_words"  # words
high = 20
# the end
"""


def test_a_file_is_read_in_order() -> None:
    assert parse_checks(FILE) == (
        Check(id="c1", rule="r1", kind="replace", find="utili[sz]e", pattern=True, text="use"),
        Check(id="c2", kind="limit", measure="sentence_words", high=20),
    )
    assert parse_checks("") == ()


def test_untouched_checks_stay_as_they_were_typed() -> None:
    assert dump_checks(parse_checks(FILE), FILE) == FILE
    crlf = FILE.replace("\n", "\r\n")
    assert dump_checks(parse_checks(crlf), crlf) == crlf


def test_a_changed_check_keeps_its_comments() -> None:
    one, two = parse_checks(FILE)
    changed = dump_checks([one, two.model_copy(update={"high": 15.0, "scope": "blog"})], FILE)
    assert changed == FILE.replace("high = 20\n", 'high = 15\nscope = "blog"\n')


def test_a_check_that_goes_takes_only_its_own_comment_along() -> None:
    left = dump_checks(parse_checks(FILE)[1:], FILE)
    assert "# never!" not in left
    for kept in ("# My checks.", "# --- words ---", "# --- limits ---", "# words", "# the end"):
        assert kept in left


def test_a_new_check_goes_where_it_was_put() -> None:
    one, two = parse_checks(FILE)
    new = Check(id="c3", kind="forbid", find=r"\bvery\b", pattern=True, fix="phrase")
    for order in ([one, new, two], [new, one, two], [two, one, new]):
        written = dump_checks(order, FILE)
        assert parse_checks(written) == tuple(order)
        assert "find = '\\bvery\\b'" in written
        assert written.startswith("# My checks.\n")


def test_a_new_file_explains_itself() -> None:
    written = dump_checks([Check(id="c1", kind="limit", measure="emoji", high=0)])
    assert written.startswith("# Checks: what redraft enforces in every draft")
    assert written.endswith('[[check]]\nid = "c1"\nkind = "limit"\nmeasure = "emoji"\nhigh = 0\n')


def test_a_table_inside_a_text_is_no_check() -> None:
    text = (
        '[[check]]\nid = "c1"\nkind = "require"\nplace = "closing"\ntext = """\nBye\n[[check]]\n"""\n# mine\n'
    )
    (one,) = parse_checks(text)
    assert dump_checks([one], text) == text


def test_checks_written_as_one_list_are_written_as_tables() -> None:
    text = '# note\ncheck = [{kind = "forbid", find = "very"}]\n'
    written = dump_checks(parse_checks(text), text)
    assert written.startswith("# note\n")
    assert parse_checks(written) == parse_checks(text)


def _numbered(found: list[Check]) -> tuple[Check, ...]:
    sound = [check for check in found if not list(problems(check))]
    return tuple(check.model_copy(update={"id": f"c{number}"}) for number, check in enumerate(sound, 1))


_rows = st.lists(checks, max_size=5).map(_numbered)
_phrases = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@given(_rows)
def test_what_is_written_is_what_is_read(row: tuple[Check, ...]) -> None:
    assert parse_checks(dump_checks(row)) == row


@given(_rows, _rows)
def test_what_is_written_over_a_file_is_what_is_read(old: tuple[Check, ...], new: tuple[Check, ...]) -> None:
    assert parse_checks(dump_checks(new, dump_checks(old))) == new
    assert parse_checks(dump_checks((*parse_checks(FILE)[:1], *new[1:]), FILE)) == (
        *parse_checks(FILE)[:1],
        *new[1:],
    )


@given(_phrases, _phrases)
def test_any_words_can_be_written(find: str, text: str) -> None:
    row = (Check(id="c1", kind="replace", find=find, text=text), Check(kind="forbid", find=text))
    assert parse_checks(dump_checks(row)) == row
    assert parse_checks(dump_checks(row, dump_checks(row[1:]))) == row


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            '[[check]]\nkind = "forbid"\nfnd = "a"',
            "checks.toml: check 1: unknown key “fnd”",
            "Did you mean “find”?",
        ),
        ('[[check]]\nid = "c7"\nkind = "replac"', "check 1 (c7): kind: “replac” is not one of", "“replace”"),
        ('[[check]]\nkind = "limit"\nmeasure = "dash"\nhigh = 1', "measure: “dash”", "“dashes”"),
        ('[[check]]\nkind = "replace"\nvariant = "brit"', "variant: “brit”", "“british”"),
        ('[[check]]\nfind = "a"', "check 1: kind is missing", 'kind = "replace"'),
        ('[[check]]\nkind = "forbid"\nfind = 3', "check 1: find must be text in quotes", "Mend “find”"),
        ('[[check]]\nkind = "limit"\nmeasure = "bold"\nhigh = "1"', "high must be a number", "Mend “high”"),
        ('[[check]]\nkind = "replace"\nfind = "a"', "check 1: text: ", 'kind = "forbid"'),
        (
            '[[check]]\nid = "c3"\nkind = "forbid"\nfind = "(a"\npattern = true',
            "The pattern of check c3",
            "Mend",
        ),
        ('[[chek]]\nkind = "forbid"', "unknown key “chek”", "[[check]]"),
        ('[check]\nkind = "forbid"', "is not a list of tables", "two brackets"),
        ("[[check]", "line 1, cannot be read: it is not valid TOML", "straight quotation marks"),
        (
            (
                '[[check]]\nid = "c1"\nkind = "forbid"\nfind = "a"\n'
                '[[check]]\nid = "c1"\nkind = "forbid"\nfind = "b"'
            ),
            "2 checks have the id “c1”",
            "an id of its own",
        ),
    ],
)
def test_a_mistake_is_named_with_its_file_check_and_key(text: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_checks(text)
    assert error.value.message.startswith("checks.toml")
    assert message in error.value.message
    assert hint in error.value.hint
