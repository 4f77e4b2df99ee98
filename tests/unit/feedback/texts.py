"""Texts that break careless diffs, and strategies that draw drafts with their finals."""

from hypothesis import strategies as st

BREAKS = ("\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\n \n", "\n\n\n", " ", "  ", "\t", "")
INLINE = (
    *("word", "other", "the", "a", "of", "10", "1,000", "Anna", "London", "don’t", "e\u0301", "é", "\u0301"),
    *("\U0001f469\u200d\U0001f469\u200d\U0001f467", "🇩🇪🇫🇷", "👍🏽", "カ\uff9e", "\u200d"),
    *("我喜欢", "苹果。", "กำลัง", "مرحبا", "بالعالم", "שלום", "क्षि"),
    *(",", ".", "!", "?", ";", "—", "...", "“x”", '"', "'", "*em*", "**bold**", "**", "`code span`", "`"),
    *("[link](http://a.b/c?d=e)", '[link](http://a.b/c "t")', "](", "](x", "[^1]", "][r]", "{{input}}"),
    *("http://example.org/a_(b)", "www.a.b.", "a@b.cd", "<b>", "<https://x.y>"),
)
LINES = (
    *("# Heading", "## Heading two", "- item", "* item two", "1. first", "> quoted", "---", "```"),
    *("```py\nx = 1\n```", "~~~\nfoo\n\nbar\n~~~", "  ```\n  deep\n  ```", "> ```\n> q\n> ```"),
    *("| a | b |\n|---|---|\n| 1 | 2 |", "| 3 | 4 |", "<div>", "<!-- note -->", "---\ntitle: x\n---"),
    *("[r]: http://r.s/t", "One sentence here. And a second one, too.", "Short."),
)

pieces = st.sampled_from(BREAKS) | st.sampled_from(INLINE) | st.sampled_from(LINES) | st.text(max_size=3)
rows = st.lists(pieces, max_size=40)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str]:
    """A draft and a final that was made from it by deleting, inserting, replacing and moving pieces."""
    row = draw(rows)
    final = list(row)
    for _ in range(draw(st.integers(0, 8))):
        action = draw(st.sampled_from(("delete", "insert", "replace", "move")))
        at = draw(st.integers(0, max(len(final) - 1, 0)))
        if action == "insert" or not final:
            final.insert(at, draw(pieces))
        elif action == "delete":
            del final[at]
        elif action == "replace":
            final[at] = draw(pieces)
        else:
            final.insert(draw(st.integers(0, len(final) - 1)), final.pop(at))
    gap = draw(st.sampled_from(("", " ")))
    return gap.join(row), gap.join(final)


pairs = edited() | st.tuples(st.text(max_size=40), st.text(max_size=40))

words = st.sampled_from(
    "we you they bake eat love bread rye salt the a of in on and warm cold every day".split()
)
sentence = st.lists(words, min_size=1, max_size=12).map(lambda row: " ".join(row).capitalize() + ".")


@st.composite
def prose(draw: st.DrawFn) -> tuple[str, str]:
    """Two texts of sentences that stand once each: which of two equal ones stayed, nobody can tell."""
    row = draw(st.lists(sentence, unique=True, max_size=12))
    final = draw(st.permutations([*row, *draw(st.lists(sentence, max_size=3))]))
    final = list(dict.fromkeys(final[: draw(st.integers(0, len(final)))]))
    breaks = st.sampled_from([" ", " ", "\n\n"])
    draft_text, final_text = ("".join(one + draw(breaks) for one in side).strip() for side in (row, final))
    return draft_text, final_text
