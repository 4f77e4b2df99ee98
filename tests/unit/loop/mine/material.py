# ruff: noqa: E501  (a paragraph is one line, as a model writes it)
"""Drafts as a small model writes them, and a writer who edits them: what the mining tests look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import regex

from feedback.align import changes
from feedback.evidence import CritiqueEvidence, Evidence, PairEvidence
from loop.model import Brief, Critique, Guidance, Pair

SOURDOUGH = """\
# Baking Your First Sourdough Loaf

I hope this post finds you well. Baking sourdough at home is a very rewarding hobby, and it does not take much money to start. In order to bake a good loaf you utilize a lively starter, strong flour and water. It is important to note that the dough needs time, so do not rush it!

Additionally, the kitchen should be warm, because a cold room slows the dough down; on a winter day the first rise can easily take eight or nine hours, which is really quite a long time if you started late in the morning and wanted fresh bread for dinner. Mix flour, water and salt, and let the bowl rest. Fold the dough 3 times. Leave it alone. Shape it. Then bake it in a hot pot (with the lid on) until the crust has a deep color.

In conclusion, sourdough is a journey worth taking. Happy baking!
"""

BICYCLE = """\
# Restoring An Old Bicycle

I hope this post finds you well. An old bicycle in the shed is a very good project for a quiet weekend, and you do not need a workshop. You can utilize simple tools: a spanner, an old brush and oil. It is important to note that rust on the frame is mostly harmless, so do not throw it away!

Additionally, the chain should be cleaned before anything else, because old grease hides broken links; I once rode for weeks on a chain that was held together by nothing but dirt, and it really snapped on the only hill for miles around while I was late for a train. Take off the wheels, the saddle and the pedals. Check the 4 bearings. Grease them. Turn the wheel slowly. In order to save money, keep the old saddle (if it is leather) and treat it until the color comes back.

In conclusion, an old bicycle is a friend for life. Happy riding!
"""

CHOIR = """\
# Singing In The Village Choir

I hope this post finds you well. Our village choir is a very friendly group, and you do not have to read music. We utilize recordings so that everyone can practice at home. It is important to note that the rehearsals start at seven, so do not be late!

Additionally, the hall should be heated an hour before, because cold air is bad for the voice; last winter the heating failed on the very evening of the concert and forty people sang in coats and scarves while the audience shared blankets and flasks of tea that somebody had really thought to bring along. We sing folk songs, hymns and rounds. Learn 2 songs by heart. Bring a pencil. Drink water. In order to find the right part, ask the conductor (she is patient) and stand beside a strong voice until the color of the sound is right.

In conclusion, singing together is the best hour of the week. Happy singing!
"""

TOMATOES = """\
# Growing Tomatoes On A Balcony

I hope this post finds you well. Tomatoes on a balcony are a very cheerful sight, and they do not need much room. You can utilize any deep pot with a hole in it. It is important to note that tomatoes hate wet leaves, so do not water them from above!

Additionally, the plants should be tied to a stick, because summer storms come without warning; two years ago a single gust took every plant on our balcony and laid them flat over the railing like washing, and it really took the whole of the next morning to stand them up again and count what was left. Pinch out shoots, dead leaves and late flowers. Feed them 5 times a season. Turn the pots. Be patient. In order to ripen the last fruit, put them on a sill (a sunny one) until they take on color.

In conclusion, a pot of tomatoes is summer on a string. Happy growing!
"""

DRAFTS = {"sourdough": SOURDOUGH, "bicycle": BICYCLE, "choir": CHOIR, "tomatoes": TOMATOES}

Habit = Callable[[str], str]


def swap(old: str, new: str) -> Habit:
    """Replace words wherever they stand, capital or not."""

    def edit(text: str) -> str:
        text = regex.sub(rf"\b{old}\b", new, text)
        capital, new_capital = old[:1].upper() + old[1:], new[:1].upper() + new[1:]
        return regex.sub(rf"\b{capital}\b", new_capital, text)

    return edit


def drop_sentences_with(words: str) -> Habit:
    """Take out each sentence that has the words."""

    def edit(text: str) -> str:
        text = regex.sub(
            rf"(?<=^|[.!?] )[^.!?\n]*\b{words}\b[^.!?\n]*[.!?] ?", "", text, flags=regex.MULTILINE
        )
        return regex.sub(r"\n{3,}", "\n\n", text).strip() + "\n"

    return edit


def drop(words: str) -> Habit:
    """Take words out of a sentence, and give what follows their capital."""

    def edit(text: str) -> str:
        capital = words[:1].upper() + words[1:]
        text = regex.sub(rf"{capital},? (\w)", lambda match: match.group(1).upper(), text)
        return regex.sub(rf" {words}\b", "", text)

    return edit


def sign_off(line: str) -> Habit:
    """Put a line of its own at the end."""
    return lambda text: f"{text.rstrip()}\n\n{line}\n"


def open_with(line: str) -> Habit:
    """Put a line of its own above the first paragraph."""
    return lambda text: regex.sub(r"\A(#.*\n\n)?", lambda match: f"{match.group()}{line}\n\n", text, count=1)


def split_sentences(most: int) -> Habit:
    """Break long sentences at a semicolon, or at ", and|because|which|so"."""

    def halve(sentence: str) -> str:
        if len(sentence.split()) <= most:
            return sentence
        found = list(regex.finditer(r"; |,? (?:and|because|while|which|so|if|until|that) ", sentence))
        if not found:
            return sentence
        middle = min(found, key=lambda match: abs(match.start() - len(sentence) / 2))
        rest = sentence[middle.end() :]
        return f"{halve(sentence[: middle.start()] + '.')} {halve(rest[:1].upper() + rest[1:])}"

    def edit(text: str) -> str:
        lines = []
        for line in text.split("\n"):
            if line.startswith("#"):
                lines.append(line)
            else:
                lines.append(" ".join(halve(piece) for piece in regex.split(r"(?<=[.!?]) ", line)))
        return "\n".join(lines)

    return edit


def edited(habits: Iterable[Habit], text: str) -> str:
    """The text after the writer went over it with every habit."""
    for habit in habits:
        text = habit(text)
    return text


def pair(
    brief: str, draft: str, final: str, *, created: str = "", type_: str = "blog", version: str = ""
) -> PairEvidence:
    """An edit pair as evidence, aligned for real."""
    made = Pair(
        brief=Brief(id=brief, text=f"Write about {brief}.", type=type_),
        draft=draft,
        final=final,
        created=created,
        version=version,
    )
    found = changes(draft, final)
    return PairEvidence(
        pair=made,
        changes=tuple(change for change in found if change.kind != "fact"),
        facts=tuple(change for change in found if change.kind == "fact"),
    )


def evidence_of(*habits: Habit, briefs: int = 4, type_: str = "blog") -> Evidence:
    """The drafts, each edited by a writer with these habits, a day apart."""
    names = list(DRAFTS)[:briefs]
    return Evidence(
        pairs=tuple(
            pair(
                name,
                DRAFTS[name],
                edited(habits, DRAFTS[name]),
                created=f"2026-01-0{day}T08:00:00Z",
                type_=type_,
            )
            for day, name in enumerate(names, start=1)
        )
    )


def critique(
    text: str, *, brief: str = "sourdough", quote: str = "", type_: str = "blog"
) -> CritiqueEvidence:
    """A critique as evidence."""
    return CritiqueEvidence(critique=Critique(brief=brief, text=text, quote=quote), type=type_)


EMPTY = Guidance(files={"CLAUDE.md": "# House style\n\nWarm and plain.\n", "checks.toml": ""})


def guide(*rules: str, checks: str = "", type_: str = "blog") -> Guidance:
    """A guide with rules r1, r2, ... for a type, and the text of checks.toml."""
    bullets = "".join(f"- {rule} <!-- r{number} -->\n" for number, rule in enumerate(rules, start=1))
    return Guidance(
        files={"CLAUDE.md": f"# House style\n\n## Rules for {type_}\n\n{bullets}", "checks.toml": checks}
    )
