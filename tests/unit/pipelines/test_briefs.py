"""Briefs: front matter, types, splits, and what cannot be read."""

from __future__ import annotations

import pytest

from loop.errors import ConfigError
from loop.model import Brief
from pipelines.briefs import parse_brief


def parse(text: str, id_: str = "sourdough") -> Brief:
    return parse_brief(text, id_, default_type="blog")


def test_a_brief_without_front_matter_has_the_default_type_and_is_for_training() -> None:
    assert parse("Write about bread.\n") == Brief(
        id="sourdough", text="Write about bread.", type="blog", split="train"
    )


def test_front_matter_gives_type_and_split() -> None:
    brief = parse('---\n# mine\ntype: "Business  E-Mail"\n\nsplit: held_out # later\n---\n\nAsk.\n\nTwice.\n')
    assert (brief.type, brief.split, brief.text) == ("business e-mail", "held_out", "Ask.\n\nTwice.")


def test_windows_line_ends_and_a_byte_order_mark_make_no_difference() -> None:
    text = "---\ntype: letter\n---\nDear.\n\nYours."
    assert parse("\ufeff" + text.replace("\n", "\r\n")) == parse(text)


@pytest.mark.parametrize("text", ["", " \r\n\t\n", "---\ntype: blog\n---\n", "\u200b\ufeff"])
def test_an_empty_brief_is_refused_by_its_file_name(text: str) -> None:
    with pytest.raises(ConfigError, match=r"briefs/sourdough\.md is empty"):
        parse(text)


@pytest.mark.parametrize(
    ("front", "says", "hint"),
    [
        ("typ: blog", "briefs/sourdough.md:2: unknown key “typ”", "“type”"),
        ("type: blog\nsplt: train", "briefs/sourdough.md:3: unknown key “splt”", "“split”"),
        ("split: heldout", "briefs/sourdough.md:2: a brief cannot be in the split “heldout”", "“held_out”"),
        ("split:", "briefs/sourdough.md:2: a brief cannot be in the split “”", "Known are: “train”"),
        ("type:", "briefs/sourdough.md:2: “” is not a document type", "type: blog"),
        ("type: Everything", "briefs/sourdough.md:2: “Everything” is not a document type", "type: blog"),
        ("type: a\ntype: b", "briefs/sourdough.md:3: “type” stands there twice", "out"),
        ("Some prose", "briefs/sourdough.md:2: “Some prose” is not front matter", "type: blog"),
        ('type: "blog', "briefs/sourdough.md:2: a quotation mark is missing", '"blog post"'),
    ],
)
def test_front_matter_that_makes_no_sense_is_named_with_its_line(front: str, says: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"---\n{front}\n---\nText")
    assert says in caught.value.message
    assert hint in caught.value.hint


def test_front_matter_that_is_never_closed_is_refused() -> None:
    with pytest.raises(ConfigError, match="never closes it"):
        parse("---\ntype: blog\nText")


def test_a_binary_file_is_not_a_brief() -> None:
    with pytest.raises(ConfigError, match="not a text file"):
        parse("PK\x03\x04\x00\x00")
