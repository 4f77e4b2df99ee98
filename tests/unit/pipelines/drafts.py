"""Drafts and checks to draw from: texts as models write them, checks as writers want them."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from loop.model import Check, Measure, Variant

SOURDOUGH = """\
# How To Bake Sourdough: A Beginner's Guide!

Welcome to the world of sourdough! In today's fast-paced world, baking bread is a great way to slow down — and
it is fun, too. However, many people think that it is very hard. It's not!

## What You Will Need

- **Flour** — about 500 g of strong white flour
- **Water**: 350 ml, lukewarm
- A starter (ask a friend for some)
- 2 teaspoons of salt

## The Method

Firstly, you should utilize a big bowl; a small one will not do. Mix the flour, water and starter, and leave the
dough for 30 minutes because the flour needs time to soak, which makes the dough easier to shape. After that, fold
it 4 times in order to build strength. Don't worry if it is sticky 😊!

Furthermore, the dough is very alive, and it will grow more quickly in a warm kitchen than in a cold one, so you
must look at the dough and not at the clock. Is it twice its size? Great!

## Conclusion

In conclusion, baking is a journey. I hope this helps! Happy baking 🎉
"""
MAIL = """\
Dear Ms. Okafor,

I hope this email finds you well. I am writing to inform you that the colour samples (all 3 of them) have been
organised by our centre, and they will arrive on June 5 at 9 a.m.!!

However, we can not guarantee the grey one; it is not in stock. Please do not hesitate to contact me at
anna@example.org or see [our page](https://example.org/samples?a=1;b=2 "do not — wait!").

> "We utilize only natural colours," says the label.

Best regards,
Anna
"""
NOTES = """\
---
title: Notes — do not touch!
type: post
---
# Release 2.0 And What It Means

Run `do not; utilize!` first. It is a very, very useful command; use it often!

```python
print("do not utilize — ever!")  # However
```

| do not | utilize |
|--------|---------|
| a — b! | very; 3 |

<!-- However, do not! -->

1. Do not panic!
2. Utilize the tool.
   It is there for you, isn't it?
3. However, rest.

Thanks for reading — see you soon!
"""
DRAFTS = (SOURDOUGH, MAIL, NOTES)

_SENTENCES = (
    "However, we do not utilize it.",
    "It is very, very good!",
    "We need flour, salt and water; they are cheap.",
    "She said “do not go” — and he went (slowly) home.",
    "Use `a; b!` or see https://a.org/x;y!z now.",
    "Colour is a matter of taste, and it isn't fixed!",
    "Basically, it works because the dough is alive, which helps.",
    "A very old house, an honest man, and 3 dogs!",
    "**Note.** In order to win, they don't 'rest' 🎉.",
    "In order to in order to win we organised 5 things",
    "Is it “real”?! Yes!",
    "Thanks for reading!",
    "I hope this helps.",
    "very",
    "However",
    "*However*, [very](http://x.org) nice!!!",
    "**very good. Very nice.** Very.",
    "Mr. Gray of Pearl Harbor has 10 colors — or 7.",
    "他说：你好！很好。",
    "مرحبا بالعالم! كيف حالك؟",
)
_blocks = st.one_of(
    st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=6).map(" ".join),
    st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=3).map("\n".join),
    st.sampled_from(_SENTENCES).map(lambda one: f"## {one}"),
    st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=4).map(
        lambda items: "\n".join(f"- {item}" for item in items)
    ),
    st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=3).map(
        lambda items: "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))
    ),
    st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=2).map(
        lambda items: "\n".join(f"> {item}" for item in items)
    ),
    st.just("```\nHowever, do not utilize — it!\n```"),
    st.just("| very | do not |\n|---|---|\n| colour; | it is! |"),
    st.just("<div>\nvery good!\n</div>"),
    st.just("---"),
    st.just("Best,\nAnna"),
    st.text("aE!?;:—()*_'\"“” \n.,#->1`", max_size=25),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Markdown pieces, tidy and untidy, with every line end."""
    front = draw(st.sampled_from(["", "", "---\ntitle: very — do not!\n---\n"]))
    joint = draw(st.sampled_from(["\n\n", "\n\n", "\n\n\n", "\n"]))
    body = joint.join(draw(st.lists(_blocks, max_size=7)))
    text = front + body + draw(st.sampled_from(["", "\n"]))
    return text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))


_PHRASES = (
    "utilize",
    "however",
    "very",
    "in order to",
    "basically",
    "I hope this helps",
    "it",
    "thanks for",
    "!",
)
_NEW = ("use", "but", "to", "an apple", "very very", "it", "Yes, it", "in order", "order to", "hour")
_PATTERNS = (
    r"\bvery\b",
    r"(?<=(?m:^)|[.!?…][\"'”’)]?\s)(?i:However)(?![\p{L}\p{N}])",
    r"[Hh]owever,\s+",
    r"!+",
    r"\d+",
)
_places = st.sampled_from(["anywhere", "anywhere", "opening", "closing"])
replacing = st.builds(
    Check,
    kind=st.just("replace"),
    find=st.sampled_from(_PHRASES[:-1]),
    text=st.sampled_from(_NEW),
    place=_places,
)
replacing_patterns = st.builds(
    Check,
    kind=st.just("replace"),
    find=st.sampled_from(_PATTERNS),
    pattern=st.just(True),
    text=st.sampled_from(_NEW),
)
varying = st.sampled_from(get_args(Variant)).map(lambda variant: Check(kind="replace", variant=variant))
forbidding = st.builds(
    Check,
    kind=st.just("forbid"),
    find=st.sampled_from(_PHRASES),
    fix=st.sampled_from(["none", "phrase", "sentence"]),
    place=_places,
)
forbidding_patterns = st.builds(
    Check,
    kind=st.just("forbid"),
    find=st.sampled_from(_PATTERNS),
    pattern=st.just(True),
    fix=st.sampled_from(["phrase", "sentence"]),
)
requiring = st.builds(
    Check,
    kind=st.just("require"),
    text=st.sampled_from(
        ["Hi all,", "Thanks for reading!", "Best,\nAnna", "Best,\n\nAnna", "TL;DR", "# No", "```"]
    ),
    place=st.sampled_from(["opening", "closing", "anywhere"]),
)
_SIZES = ("sentence_words", "paragraph_sentences", "piece_words")
counting = st.builds(
    Check,
    kind=st.just("limit"),
    measure=st.sampled_from([measure for measure in get_args(Measure) if measure not in _SIZES]),
    high=st.sampled_from([0, 0, 1, 2]),
)
sizing = st.builds(
    lambda measure, low, more: Check(kind="limit", measure=measure, low=low, high=(low or 1) + more),
    st.sampled_from(_SIZES),
    st.sampled_from([None, None, 1, 3]),
    st.integers(0, 25),
)
least = st.builds(
    Check, kind=st.just("limit"), measure=st.sampled_from(get_args(Measure)), low=st.integers(1, 5)
)
checks = st.one_of(
    replacing,
    replacing_patterns,
    varying,
    varying,
    forbidding,
    forbidding_patterns,
    requiring,
    counting,
    counting,
    counting,
    sizing,
    least,
)
