"""The kind of an edit, in cases that a writer would argue about."""

import pytest

from feedback.align import changes

CASES = [
    # facts: something the pipeline could not know
    ("fact", "We meet on 5 May at the mill.", "We meet on 6 May at the mill."),
    ("fact", "It costs $5 at the door.", "It costs €5 at the door."),
    ("fact", "It opened in May for all.", "It opened in June for all."),
    ("fact", "We met Anna in London.", "We met Maria in London."),
    ("fact", "He lives in Paris now.", "He lives in New York now."),
    ("fact", "Many people came to see it.", "3,000 people came to see it."),
    ("fact", "There were ten loaves left.", "There were twelve loaves left."),
    ("fact", "Read http://a.b/c before you go.", "Read http://a.b/d before you go."),
    ("fact", "Read [the page](http://a.b/c) now.", "Read [the page](http://a.b/d) now."),
    ("fact", "Write to us at a@b.cd soon.", "Write to us at x@b.cd soon."),
    ("fact", "| loaf | price |\n|---|---|\n| rye | 5 |", "| loaf | price |\n|---|---|\n| rye | 6 |"),
    # style: said differently
    ("style", "There are 10 loaves left.", "There are ten loaves left."),
    ("style", "There are ten loaves left.", "There are 10 loaves left."),
    ("style", "We sold 1000 loaves here.", "We sold 1,000 loaves here."),
    ("style", "We utilize the oven daily.", "We use the oven daily."),
    ("style", "However, the oven is hot.", "But the oven is hot."),
    ("style", "However, the oven is hot today.", "The oven is hot today."),
    ("style", "The Internet is slow here.", "The internet is slow here."),
    ("style", "We like Machine Learning a lot.", "We like machine learning a lot."),
    ("style", "It is good bread.", "It is very good bread."),
    ("style", "Salt, flour and water go in.", "Salt, flour, and water go in."),
    ("style", "I’ll bake it. I'm sure.", "I will bake it. I'm sure."),
    ("style", "Anna said that she would come.", "Anna said that Anna's sister would come."),
    ("style", "One way is to wait for it.", "A way is to wait for it."),
    ("style", "The Best Bread In Town", "The Best Loaf In Town"),
    (
        "style",
        "Das Haus steht am Rand der Stadt und ist alt.",
        "Das Gebäude steht am Rand der Stadt und ist alt.",
    ),
    ("style", "The first one stays here.", "The first one stays here. Thanks for reading."),
    # structure: the same words elsewhere, or cut otherwise
    ("structure", "We mix it, and then it rests long. End.", "We mix it. Then it rests long. End."),
    ("structure", "We mix it. Then it rests long. End.", "We mix it; then it rests long. End."),
    ("structure", "One is here. Two is the next sentence.", "One is here.\n\nTwo is the next sentence."),
    ("structure", "One is here.\n\nTwo is the next one.", "One is here. Two is the next one."),
    ("structure", "We bake with salt and flour today.", "We bake with flour and salt today."),
    (
        "structure",
        "The one about rye.\n\nThe one on salt.\n",
        "The one about rye.\n\nNew.\n\nThe one on salt.\n",
    ),
    ("structure", "Rye is dark. Salt is white. Go on.", "Salt is white. Rye is dark. Go on."),
    # format: only the looks
    ("format", "# Bread\n\nText.", "## Bread\n\nText."),
    ("format", "Flour is needed.\n\nText.", "- Flour is needed.\n\nText."),
    ("format", "This is bold text here.", "This is **bold text** here."),
    ("format", "Use make test for it.", "Use `make test` for it."),
    ("format", 'He said "hello there" to me.', "He said “hello there” to me."),
    ("format", "Don't do it now.", "Don’t do it now."),
    ("format", "Bread -- warm bread -- is best.", "Bread — warm bread — is best."),
    ("format", "Wait... it comes.", "Wait… it comes."),
    ("format", "One.\n\nTwo.\n", "One.\n\n\n\nTwo.\n"),
    ("format", "One  space too many.", "One space too many."),
    ("format", "One.\r\n\r\nTwo.", "One.\n\nTwo."),
    ("format", "Caf\u00e9 au lait.", "Cafe\u0301 au lait."),
    # deletion: nothing instead
    ("deletion", "It is a very good bread.", "It is a good bread."),
    ("deletion", "The first. Nobody needs this one. The last.", "The first. The last."),
    ("deletion", "The first.\n\nNobody needs this.\n\nThe last.", "The first.\n\nThe last."),
    ("deletion", "We meet on 5 May at the mill.", "We meet at the mill."),
    ("deletion", "Old text - with dash here.", "Old text with dash here."),
]


@pytest.mark.parametrize(("kind", "draft", "final"), CASES)
def test_an_edit_has_the_kind_a_writer_would_give_it(kind: str, draft: str, final: str) -> None:
    found = changes(draft, final)
    assert {change.kind for change in found} == {kind}, found


def test_edits_far_enough_apart_have_kinds_of_their_own() -> None:
    found = changes("We utilize the 10 ovens in Paris, really.", "We use the 12 ovens in Paris.")
    assert [change.kind for change in found] == ["style", "fact", "deletion"]


def test_an_edit_with_a_fact_in_it_is_a_fact_so_that_no_rule_carries_it() -> None:
    (change,) = changes("We utilize 10 ovens in Paris.", "We use 12 ovens in Paris.")
    assert change.kind == "fact"
