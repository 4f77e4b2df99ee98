"""Words for the demo: what is simulated, what is real, what was gained, how to go on."""

from __future__ import annotations

import click

from loop.counts import percent
from loop.demo.report import Comparison
from loop.render.layout import table
from loop.verbs import demo

_BACK = {True: "the guidance came back exactly", False: "it did NOT come back as it was"}


def _demo(result: demo.Result) -> str:
    parts = [
        click.style(f"Six rounds with a scripted editor (seed {result.seed})", bold=True)
        if len(result.rounds) == 6
        else click.style(f"{len(result.rounds)} rounds with a scripted editor", bold=True),
        "Simulated: the editor, a script with eight fixed habits. It never tells the learner its habits.",
        f"Real: the model ({result.model}), the learning step, every commit.",
        "",
        _rounds(result),
        "",
        click.style("Fresh drafts of the held-out briefs, edited by the same editor", bold=True),
        table(
            [
                *_rows("with learning", result.held_out),
                *_rows("control: no learning", result.controls.no_learning),
                *_rows("control: other habits", result.controls.other_habits),
            ],
            ("", "", "before", "after", "difference"),
        ),
        _fall(result.held_out),
        "",
        table(
            [
                (
                    habit.name,
                    "yes" if habit.enforceable else "no",
                    str(habit.before),
                    str(habit.after),
                )
                for habit in result.habits
            ],
            ("habit", "enforceable", "corrections before", "after"),
        ),
        "",
        (
            f"One step was undone and redone: {_BACK[result.undone_and_redone]}."
            f" {result.exported} rows were exported to pairs.jsonl."
            f" {result.waiting} proposals wait for you."
        ),
        f"It took {result.seconds:.0f} seconds.",
        "",
        (
            f"Go on by hand:  cd {result.dir}; redraft status; redraft log;"
            f" redraft diff {result.version_before[:6]} now"
        ),
    ]
    return "\n".join(parts)


def _rounds(result: demo.Result) -> str:
    rows = [
        (
            str(line.number),
            line.brief,
            f"{line.corrections}",
            percent(line.effort),
            line.decision or "-",
            "; ".join(line.learned) or "-",
        )
        for line in result.rounds
    ]
    return table(rows, ("round", "brief", "corrections", "effort", "gate", "learned"))


def _rows(name: str, comparison: Comparison) -> list[tuple[str, ...]]:
    return [
        (name, "effort", str(comparison.before), str(comparison.after), str(comparison.difference)),
        (
            "",
            "corrections",
            str(comparison.corrections_before),
            str(comparison.corrections_after),
            str(comparison.corrections_difference),
        ),
    ]


def _fall(comparison: Comparison) -> str:
    if comparison.fall is None:
        return "The editor had nothing enforceable to correct."
    word = "fell" if comparison.fall >= 0 else "rose"
    return f"Corrections of enforceable habits {word} by {abs(comparison.fall):.0%}."


RENDER = {"demo": _demo}
