"""Training runs in words: the one that is looked at, with its numbers, and the list of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from loop.counts import count
from loop.model.runs import Measured, RunState, Stepped
from loop.render.sparks import curve
from loop.render.timing import duration
from loop.render.tuning import onward
from tui.hints import at_desk
from tui.learned import dim, joined
from tui.shown import content
from tui.tables import bar, columns
from tui.told import Told
from tui.where import spoken

SIGNS: Mapping[str, str] = {"running": "…", "done": "✓", "stopped": "■", "failed": "✗", "interrupted": "!"}
"""State of a run -> the sign before it."""
_STATES: Mapping[str, str] = {
    "running": "is running",
    "done": "is done",
    "stopped": "was stopped",
    "failed": "failed",
    "interrupted": "was cut off",
}
_STYLES: Mapping[str, str] = {"failed": "$text-error bold", "interrupted": "$text-warning bold"}
_LINE = 14
"""Cells of a curve in a line."""
_LOSSES = {"sft": ("surprise, learned", "loss"), "dpo": ("what it lowers", "preference loss")}
"""Method -> what is learned by, and what that is called."""
_TEST = "A test run: it shows that all works; its model is not worth using."
_GOES_ON = "It goes on when you close redraft, and the terminal. {stop} stops it, {log} shows its log."
_HELD = "It was begun in a terminal, and ends with it. {stop} stops it, {log} shows its log."
_WHY_CUT = "It ended without a word: a kill, a power cut, or memory that ran out. "
_CUT = (
    "What was saved is there. {resume} goes on from the last checkpoint; {log} shows what its programs "
    "wrote last."
)
_FAILED = "{log} shows what its programs wrote; {resume} tries to go on."
_EARLIER = "What it had learned before it went on is kept, and can be used."
_KEPT = "The best so far is kept."
_STOPPED = "{resume} goes on where it was stopped."
_KEYS: Mapping[str, str] = {
    "stop": "s",
    "resume": "g",
    "use": "u",
    "compare": "c",
    "remove": "x",
    "log": "l",
    "look": "r",
    "previous": "left_square_bracket",
    "next": "right_square_bracket",
}
"""What is done with a run -> its key, unless the user has given it another one."""


def run_keys(keymap: Mapping[str, str]) -> dict[str, str]:
    """What is done with a run -> its key."""
    return {does: spoken(keymap.get(f"train.{does}", key)) for does, key in _KEYS.items()}


def runs_page(runs: Sequence[RunState], chosen: str, writes: str, width: int) -> Content:
    """All runs, a line each; `chosen` is marked, and the one that `writes` in this project is named so."""
    rows = []
    for run in runs:
        marked = run.name == chosen
        sign = Content.assemble("›" if marked else " ", content(SIGNS[run.state], _STYLES.get(run.state, "")))
        said = _in_short(run) + ("  ◂ writes here" if run.name == writes else "")
        rows.append((sign, content(run.name, "bold" if marked else ""), content(said)))
    return columns(rows, width)


def _in_short(run: RunState) -> str:
    said = f"{'test run, ' if run.job.quick else ''}{run.method}, {_STATES[run.state]}"
    if run.state == "running" and run.steps:
        said += f", step {run.step:,} of {run.steps:,}"
    elif run.before is not None and run.held_out is not None and run.held_out.step:
        said += f", surprised by unseen texts {run.before.loss:.2f} → {run.held_out.loss:.2f}"
    return f"{said}, {run.began[:10]}"


def run_page(
    run: RunState, told: Told, keys: Sequence[str], keymap: Mapping[str, str], width: int
) -> Content:
    """One run: where it is, its numbers, what went wrong; `keys` say why some do nothing yet."""
    what = "learns your finals" if run.method == "sft" else "learns what you prefer to the drafts"
    how = f"{run.name} {_STATES[run.state]}. It {what}, on {_base(run)}."
    parts = [content(how, _STYLES.get(run.state, "bold"))]
    parts += [content(_TEST, "$text-warning")] if run.job.quick else []
    parts += [_far(run)] if run.steps else []
    parts += [content(line) for line in _ended(run, keymap)]
    if rows := _numbers(run, told):
        parts += [Content(""), columns(rows, width)]
    for alarm in told.alarms:
        said = at_desk(f"{alarm.says} {alarm.advice}", keymap, "train")
        parts += [Content(""), content(f"! {said}", "$text-warning")]
    if run.state == "running":
        says = _HELD if run.job.held else _GOES_ON
        parts += [Content(""), dim(says.format_map(run_keys(keymap)))]
    parts += [Content("")] if keys else []
    parts += [dim(line) for line in keys]
    return joined(parts)


def _base(run: RunState) -> str:
    return run.job.base.rstrip("/").replace("\\", "/").rpartition("/")[2]


def _far(run: RunState) -> Content:
    left = f", about {duration(run.seconds_left)} left" if run.seconds_left else ""
    return content(f"{bar(run.step, run.steps, 24)}  step {run.step:,} of {run.steps:,}{left}")


def _ended(run: RunState, keymap: Mapping[str, str]) -> list[str]:
    """How it came to its end, and what it was good for."""
    pressed = run_keys(keymap)
    if run.state == "running":
        return [] if run.steps else ["It is being set up: the base model is loaded."]
    if run.state == "failed":
        hint = at_desk(run.hint, keymap, "train")
        return [
            f"✗ {run.says}",
            *([f"  → {hint}"] if hint else []),
            _FAILED.format_map(pressed),
            *([_EARLIER] if run.best else []),
        ]
    lines = [f"{run.says}  → {at_desk(run.hint, keymap, 'train')}"] if run.says else []
    if run.state == "interrupted":
        lines.append(f"{'' if run.says else _WHY_CUT}{_CUT.format_map(pressed)}")
        lines += [_EARLIER] if run.best else []
    if run.state == "stopped":
        on = at_desk(onward(run), keymap, "train")
        then = on if run.stopped_by is not None else _STOPPED.format_map(pressed)
        lines.append(f"{_KEPT} {then}" if run.best else then)
    return [*lines, *_gained(run)]


def _gained(run: RunState) -> list[str]:
    before, kept = run.before, run.held_out
    if run.best == 0:
        began = "where it began" if run.job.start else "its base"
        found = f"On texts that it never saw, nothing that it learned was better than {began}."
        return [found if run.step else "It had not learned anything yet."]
    if before is None or kept is None or not kept.step or before.step:
        return ["Nothing was measured: no held-out brief was corrected."] if run.best is not None else []
    said = (
        f"How surprised it is by {count(kept.n, 'text')} that it never saw (loss, lower is better): "
        f"{before.loss:.3f} before, {kept.loss:.3f} [{kept.low:.3f}, {kept.high:.3f}] now."
    )
    if before.accuracy is not None and kept.accuracy is not None:  # dpo: a text's own loss is no aim of it
        share = f"In {kept.accuracy:.0%} of the held-out pairs"
        return [f"{share} it prefers your text to the draft more than it did before.", said]
    if kept.high <= kept.low:
        return [f"{said} So few texts say nothing: this may be luck."]
    if before.loss > kept.high:
        return [f"{said} Where it began lies outside of the 95% interval."]
    return [f"{said} Where it began lies inside of the 95% interval: this may be luck."]


def _numbers(run: RunState, told: Told) -> list[tuple[Content | str, Content, str]]:
    """The live numbers, each with its curve in a line."""
    rows: list[tuple[Content | str, Content, str]] = []
    steps, measured = told.steps, told.measured
    if steps:
        losses = [one.loss for one in steps]
        name, kind = _LOSSES[run.method]
        rows.append((name, _line(losses), f"{losses[0]:.3f} → {losses[-1]:.3f} ({kind})"))
    if measured:
        now = _now(told)
        held = [one.loss for one in measured]
        rows.append(("surprise, unseen", _line(held), f"{_around(measured[0], now)} (loss)"))
        budget = run.job.recipe.kl_budget
        moved = f"{now.kl / budget:.0%} of what it may (KL {now.kl:.4f} of {budget:g})"
        rows.append(("moved from base", _line([one.kl for one in measured]), moved))
    rows += _preferences(told)
    if measured and (now := _now(told)) is not measured[-1]:
        rows.append(("", Content(""), f"unseen texts: at step {now.step:,}, which is kept"))
    if steps and run.state == "running":
        last = steps[-1]
        pace = f"{last.tokens_per_second:,.0f} tokens/s, {last.rows_per_second:.1f} rows/s"
        rows.append(("pace", Content(""), f"{pace}, {last.memory / 1e9:.1f} GB"))
    return rows


def _now(told: Told) -> Measured:
    """The last measurement; of a run that ended with something better than its base, that of what is kept."""
    return told.kept if told.kept is not None and told.kept.step else told.measured[-1]


def _preferences(told: Told) -> list[tuple[Content | str, Content, str]]:
    rows: list[tuple[Content | str, Content, str]] = []
    held: list[Measured | Stepped] = [one for one in told.measured if one.accuracy is not None]
    learned: list[Measured | Stepped] = [one for one in told.steps if one.accuracy is not None]
    seen = held or learned
    if not seen:
        return rows
    where = "held-out pairs" if held else "pairs that it learns"
    last = next((one for one in held if one is told.kept and one.step), seen[-1])
    share = f"{last.accuracy:.0%} of {where}, more than before"
    rows.append(("prefers yours", _line([one.accuracy or 0.0 for one in seen]), share))
    margins = [one.margin for one in seen if one.margin is not None]
    if margins and last.margin is not None:
        rows.append(("by how much", _line(margins), f"{last.margin:.3f} (margin)"))
    return rows


def _around(first: Measured, last: Measured) -> str:
    now = f"{last.loss:.3f} [{last.low:.3f}, {last.high:.3f}] n={last.n}"
    return f"{first.loss:.3f} → {now}" if first is not last else now


def _line(values: Sequence[float]) -> Content:
    return content(curve(values, _LINE), "$primary")
