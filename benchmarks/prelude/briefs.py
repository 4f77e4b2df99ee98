"""What the pieces are about: twenty briefs for each of three document types, written for this benchmark."""

from __future__ import annotations

import random
from collections.abc import Sequence

from loop.model import Brief

HELD_OUT = 4
"""The last so many briefs of a type are held out: nothing learns from them."""

_NOTES = {
    "blog": """
        Learning to bake rye bread. The first three loaves were bricks.
        A night train through the mountains. Nobody slept and nobody minded.
        Why I gave up my car. It stood in the street for eleven months.
        The neighbour's cat. It visits at six and leaves at seven.
        Swimming in a cold lake. The first minute is the worst.
        Repairing an old radio. Two wires were loose and one was missing.
        A week without a telephone. On the third day I read a whole book.
        Growing tomatoes on a balcony. The wind is a bigger problem than the shade.
        My grandmother's sewing machine. It weighs as much as a small child.
        Walking to work. It takes forty minutes and saves an hour.
        The smallest museum in town. It shows buttons, keys and one shoe.
        Learning the piano at fifty. My teacher is twelve years old.
        A kitchen with three tools. A knife, a pot and a wooden spoon.
        Reading aloud to children. They notice every word that you leave out.
        The library on a Monday morning. Everybody has a favourite chair.
        Making soup for a crowd. Start with the onions and do not hurry.
        Keeping a paper diary. Half of mine is about the weather.
        Moving to a smaller flat. The books were the hardest part.
        A bicycle from 1962. The bell still works, the brakes do not.
        Watching birds from the window. A robin came back for the third year.
        """,
    "email": """
        To a client: the delivery of the chairs will be a week late. The wood did not arrive.
        To the team: the meeting moves from Thursday to Friday at ten. Bring the figures.
        To a supplier: ask for samples of recycled paper and for the price of two thousand sheets.
        To a guest who complained about noise: say sorry and offer one free night.
        To all staff: a new colleague starts on Monday. Invite everybody to coffee at three.
        To a landlord: the heating in the back room is cold again. Ask for a visit this week.
        To a teacher: my daughter will miss school on Tuesday because of the dentist.
        To a customer: remind him kindly that the invoice of March is still open.
        To a friend: thank her for the weekend at the lake and offer to cook next time.
        To the bank: ask why the card was refused twice although there was money.
        To a speaker: invite her to talk about the history of the harbour. We pay the train.
        To a colleague: ask him to check the numbers on page four before Wednesday.
        To a neighbour: the builders come on Saturday, and it will be loud until noon.
        To an applicant: the job is taken, but we would like to keep the papers.
        To the printer: the colours of the poster were too dark. Ask for a second proof.
        To a volunteer: explain where to be on Sunday and what to bring.
        To an author: we like the book, but it needs a shorter beginning.
        To the cleaning firm: the contract ends in June and will not be renewed.
        To a doctor's office: ask for an earlier appointment, mornings are best.
        To the club: the fees rise by two euros from January. Explain why.
        """,
    "newsletter": """
        The village choir gives a concert in the old barn. Tickets are at the bakery.
        The new footbridge is open. It took two years and one flood.
        A repair day in the town hall. Bring lamps, toasters and patience.
        The school garden needs helpers. The first potatoes were eaten by mice.
        The library opens on Saturdays again. There is a corner for small children.
        The film night shows an old comedy. Bring a chair and a blanket.
        The running group starts in April. Beginners are welcome and nobody is left behind.
        A cheese tasting at the corner shop. Five farms bring their own.
        The bus stop moves to Mill Street. The old one made way for trees.
        Seeds are swapped at the market. Beans and sunflowers were loved last year.
        The chess club lost by one point. The return match is on Thursday.
        The bakery has a new oven. For two weeks there was no bread.
        The animal home looks for families. Three old dogs have waited since winter.
        The youth theatre plays a ghost story. The costumes were sewn by parents.
        The summer fair looks for cakes. Last year the plum cake won.
        The swimming pool closes for repairs. It opens again in September.
        The bookshop moves across the street. Customers help to carry the books.
        A talk about bees in the parish hall. Honey can be tasted afterwards.
        The fire brigade celebrates a hundred years. Children may try the hose.
        The street lamps are being changed. The new ones need half the power.
        """,
}
_KIND = {
    "blog": "a short blog post",
    "email": "a polite e-mail",
    "newsletter": "a short news item for the town newsletter",
}
TYPES: tuple[str, ...] = tuple(_NOTES)
"""The document types."""


def _briefs(type_: str) -> list[Brief]:
    lines = [line.strip() for line in _NOTES[type_].strip().splitlines()]
    return [
        Brief(
            id=f"{type_}-{number:02}",
            text=f"Write {_KIND[type_]} about this.\n\n{line}",
            type=type_,
            split="train" if number <= len(lines) - HELD_OUT else "held_out",
        )
        for number, line in enumerate(lines, start=1)
    ]


def held_out() -> tuple[Brief, ...]:
    """The held-out briefs of every type."""
    return tuple(brief for type_ in TYPES for brief in _briefs(type_) if brief.split == "held_out")


def stream(seed: int, rounds: int) -> tuple[Brief, ...]:
    """The briefs of the rounds: every type equally often (to one), in an order drawn by the seed.

    When a type has no new brief left, its first one comes again under another name.
    """
    dice = random.Random(f"briefs-{seed}")  # noqa: S311 - a lottery, not a secret
    types = [TYPES[number % len(TYPES)] for number in range(rounds)]
    dice.shuffle(types)
    pools = {type_: [brief for brief in _briefs(type_) if brief.split == "train"] for type_ in TYPES}
    for pool in pools.values():
        dice.shuffle(pool)
    return tuple(_nth(pools[type_], types[:number].count(type_)) for number, type_ in enumerate(types))


def _nth(pool: Sequence[Brief], number: int) -> Brief:
    brief, again = pool[number % len(pool)], number // len(pool)
    return brief if not again else brief.model_copy(update={"id": f"{brief.id}-{again + 1}"})
