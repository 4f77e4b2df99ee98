"""The leak test: what may not be carried out of a single piece."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loop.gate.corpus import RUN, Corpus, index, leaks

BREAD = "Yesterday Maria told me that the oven in Lisbon costs 450 euros and needs two days to heat up."
TEA = "Nobody in the office has ever asked for green tea, and we keep 12 kinds of it."


def _leaks(
    added: str, corpus: Corpus, known: tuple[str, ...] = (), allowed: tuple[str, ...] = ()
) -> list[str]:
    return [leak.text for leak in leaks([added], index(corpus), known=known, allowed=allowed)]


CORPUS = Corpus(
    briefs=(("bread", "Write about bread."), ("tea", "Write about tea.")),
    finals=(("bread", BREAD), ("tea", TEA)),
)


def test_five_words_in_a_row_of_one_final_are_a_leak_and_four_are_not() -> None:
    assert _leaks("Say that the oven in short.", CORPUS) == []
    assert _leaks("Say that needs two days to heat up slowly.", CORPUS) == ["needs two days to heat up"]


def test_case_and_punctuation_do_not_hide_a_copy() -> None:
    assert _leaks("NEEDS, two days; to heat", CORPUS) == ["NEEDS two days to heat"]


def test_a_name_and_a_number_of_one_final_are_leaks() -> None:
    assert _leaks("Mention Maria.", CORPUS) == ["Maria"]
    assert _leaks("Maria is the one to mention.", CORPUS) == ["Maria"]
    assert _leaks("Say it costs 450 euros.", CORPUS) == ["450"]


def test_a_word_that_begins_a_sentence_is_no_name() -> None:
    assert _leaks("Yesterday is a weak word. Nobody too.", CORPUS) == []


def test_a_single_digit_is_nobodys_number() -> None:
    corpus = Corpus(finals=(("bread", "Bake 3 loaves."),))
    assert _leaks("Give 3 examples.", corpus) == []


def test_what_stands_in_the_finals_of_two_briefs_is_the_writers_style() -> None:
    words = "Thank you for reading to the end, your Anna."
    corpus = Corpus(finals=(("bread", f"Bread. {words}"), ("tea", f"Tea! {words}")))
    assert _leaks(f"End with “{words}”", corpus) == []
    assert _leaks(f"End with “{words}”", Corpus(finals=(("bread", words),))) != []


def test_draft_and_final_of_one_brief_are_one_place() -> None:
    corpus = Corpus(drafts=(("bread", BREAD),), finals=(("bread", BREAD),))
    assert "Maria" in _leaks("Mention Maria.", corpus)


def test_the_words_of_a_critique_may_be_used() -> None:
    corpus = CORPUS.model_copy(
        update={"critiques": ("Don't say it needs two days to heat up, Maria, or 450.",)}
    )
    assert _leaks("Never say it needs two days to heat up. Maria pays 450.", corpus) == []


def test_what_stands_in_the_guide_already_is_not_added() -> None:
    assert (
        _leaks(
            "Mention Maria, and the oven in Lisbon costs.",
            CORPUS,
            known=("Ask Maria. The oven in Lisbon costs.",),
        )
        == []
    )


def test_the_limit_that_a_check_sets_needs_no_source() -> None:
    assert _leaks("At most 12 words.", CORPUS) == ["12"]
    assert _leaks("At most 12 words.", CORPUS, allowed=("12",)) == []


def test_nouns_with_capitals_are_no_names() -> None:
    german = "Wir sehen den Wald und die Bäume im Garten, denn der Sommer bringt Licht in jedes Haus."
    assert _leaks("Schreibe kurz über Wald und Licht.", Corpus(finals=(("wald", german),))) == []


def test_headings_make_no_names() -> None:
    corpus = Corpus(finals=(("bread", "## How To Knead Dough\n\nThis is how it goes."),))
    assert _leaks("Knead it. Say Dough.", corpus) == []


WORDS = st.lists(st.sampled_from("a b c d e f g h".split()), max_size=30)


@given(WORDS, WORDS)
def test_a_leak_is_found_exactly_when_five_words_are_shared(final: list[str], added: list[str]) -> None:
    def runs(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}

    found = _leaks(" ".join(added), Corpus(finals=(("one", " ".join(final)),)))
    assert bool(found) == bool(runs(final) & runs(added))


def test_a_corpus_of_five_megabytes_is_read_and_still_gives_a_single_place_away() -> None:
    words = " ".join(f"w{number % 9973}x{number % 7919}" for number in range(400_000))
    corpus = index(Corpus(finals=(("long", words), ("bread", BREAD))))
    assert [leak.text for leak in leaks(["needs two days to heat up"], corpus, known=(), allowed=())] == [
        "needs two days to heat up"
    ]
