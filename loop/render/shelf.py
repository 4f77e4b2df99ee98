"""Words for adapters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from loop.counts import count
from loop.render.layout import table
from loop.render.sparks import curve

if TYPE_CHECKING:
    from loop.model.adapters import Checked, Converted, Merged, Runtime, Shelved
    from loop.model.runs import Card
    from loop.verbs import adapters

_WIDE = 48
"""Cells of a curve."""
_METHODS = {"sft": "learned from finals (SFT)", "dpo": "learned from preferences (DPO)"}


def _adapters(result: adapters.Result) -> str:
    match result.action:
        case "list":
            return _listed(result.adapters)
        case "show":
            return _shown(result.adapters[0])
        case "use":
            return _used(result)
        case "merge":
            return _merged(result)
        case "gguf":
            return _converted(result)
    return _removed(result)


def _listed(held: Sequence[adapters.Held]) -> str:
    if not held:
        return "No adapter was trained on this computer yet.\nNext:  redraft train plan"
    rows = [_row(one.adapter, one.users) for one in held]
    header = ("adapter", "method", "base", "rows", "surprise (held-out loss)", "size", "writes in")
    return table(rows, header) + "\nMore of one:  redraft adapters show NAME"


def _row(one: Shelved, users: Sequence[str]) -> list[str]:
    card = one.card
    if card is None:
        return [one.name, "", "", "", one.says, size(one.size), ", ".join(users)]
    said = _before_after(card) if not one.says else one.says
    method = f"{card.method}, test run" if card.quick else card.method
    rows = f"{card.started.rows:,}"
    return [one.name, method, base(card.base), rows, said, size(one.size), ", ".join(users)]


def _before_after(card: Card) -> str:
    """`3.40 → 2.90 [2.70, 3.10]`: the interval is that of the weights that were kept."""
    if not card.measured:
        return "not measured"
    first = card.measured[0]
    best = next((one for one in card.measured if one.step == card.best), card.measured[-1])
    return f"{first.loss:.2f} → {best.loss:.2f} [{best.low:.2f}, {best.high:.2f}]"


def _shown(held: adapters.Held) -> str:
    one = held.adapter
    if one.card is None:
        return f"{_title(one.name)}\n{one.says}\n{one.folder}"
    card = one.card
    lines = [_title(one.name)]
    if one.says:
        lines.append(f"It cannot write now: {one.says}")
    if card.quick:
        lines.append(
            f"A test run on {count(card.quick, 'row')}: all works; how good it gets, it does not show."
        )
    lines.append(table(_facts(one, card, held.users)))
    if card.losses:
        lines += [
            "",
            _curve("How surprised it was by what it learned (loss)", [loss for _, loss in card.losses]),
        ]
    if card.measured:
        lines += [
            _curve(
                "How surprised it was by texts it never saw (held-out loss)",
                [point.loss for point in card.measured],
            ),
            _measures(card),
        ]
    lines += [f"\n! {alarm.says}\n  {alarm.advice}" for alarm in card.alarms]
    lines += ["", _settings(card)]
    return "\n".join(lines)


def _facts(one: Shelved, card: Card, users: Sequence[str]) -> list[tuple[str, str]]:
    when = card.created[:16].replace("T", " ")
    facts = [
        ("How", _METHODS[card.method] + (", all weights" if card.recipe.full else ", an adapter")),
        ("Base", card.base),
        ("When", f"{when}, in {card.seconds / 60:.1f} minutes, {card.started.device}"),
        ("Texts", f"{card.started.rows:,} learned, {card.started.held_out:,} held out"),
        ("Data", f"{card.origin.data or 'unknown'}, made with guidance {card.origin.version or 'unknown'}"),
        ("Guide", "left out of its prompts" if card.origin.distilled else "in its prompts, as always"),
        ("Kept", f"the weights after step {card.best} of {card.started.steps}" + _ended(card)),
        ("Size", size(one.size)),
        ("Writes here", "not made ready yet" if one.runtime is None else _way(one.runtime)),
        ("Writes in", ", ".join(users) or "no project that was opened lately"),
        ("Lies in", one.folder),
    ]
    if card.start:
        facts.insert(2, ("Went on from", card.start))
    return facts


def _ended(card: Card) -> str:
    return "; it was stopped" if card.state == "stopped" else ""


def _way(runtime: Runtime) -> str:
    how = "by llama.cpp" if runtime.way == "engine" else "by transformers"
    return f"{how} ({runtime.why})"


def _curve(title: str, values: Sequence[float]) -> str:
    return f"{title}\n  {curve(values, _WIDE)}   {values[0]:.2f} → {values[-1]:.2f}"


def _measures(card: Card) -> str:
    rows = [
        (
            f"{point.step}",
            f"{point.loss:.3f} [{point.low:.3f}, {point.high:.3f}]",
            f"{point.n}",
            f"{point.kl:.3f}",
            "kept" if point.step == card.best else "",
        )
        for point in card.measured
    ]
    return table(rows, ("step", "surprise (held-out loss)", "texts", "moved from the base (KL)", ""))


def _settings(card: Card) -> str:
    default = type(card.recipe)(method=card.method)
    changed = [
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in card.recipe.model_dump().items()
        if value != getattr(default, name)
    ]
    told = ", ".join(changed) or "as they are by themselves"
    return f"Settings: {told}\nMade with: {', '.join(f'{name} {one}' for name, one in card.packages.items())}"


def _used(result: adapters.Result) -> str:
    runtime, name = result.runtime, result.adapters[0].adapter.name
    if runtime is None:
        return ""
    lines = [f"adapter:{name} writes in {result.project} from now on, {_way(runtime)}."]
    if runtime.checked is not None:
        lines.append(_told(runtime.checked))
    if result.before:
        lines.append(f"Until now it was {result.before}.")
    return "\n".join([*lines, "Next:  redraft run --all"])


def _told(checked: Checked) -> str:
    kind = "held-out texts" if checked.held_out else "texts that it learned, for none are held out"
    parts = (
        f"Compared with what was trained on {checked.texts} {kind} ({checked.places:,} tokens):",
        f"the likeliest next word is the same {checked.agreement:.1%} of the time,",
        f"and its odds are nearly the same (KL {checked.kl:.2g});",
        f"it stops at {checked.stopped} of the {checked.ends} ends at which it should.",
    )
    return " ".join(parts)


def _merged(result: adapters.Result) -> str:
    made: Merged | None = result.merged
    if made is None:
        return ""
    parts = (
        f"Merged in fp32, written in {made.precision}: {made.folder} ({size(made.size)}).\nBeside the",
        f"adapter on {count(made.texts, 'text')}: the likeliest next word is the same {made.agreement:.1%}",
        f"of the time; its odds differ by {made.exact:.1e} at most before rounding, by {made.rounded:.1e}",
        f"after it (logits), and hardly on the whole (KL {max(0.0, made.kl):.1e}).",
    )
    return " ".join(parts)


def _converted(result: adapters.Result) -> str:
    made: Converted | None = result.converted
    if made is None:
        return ""
    lines = [f"Made in {made.seconds:.0f} seconds, {size(made.size)}:"]
    if made.merged_checked is not None:
        lines += [f"  {made.merged}", f"  {_told(made.merged_checked)}"]
    if made.adapter:
        lines.append(f"  {made.adapter}")
        unchecked = "Not compared by itself: its base is no GGUF file."
        lines.append(f"  {_told(made.adapter_checked) if made.adapter_checked is not None else unchecked}")
    lines.append(f"  {made.modelfile}")
    name = result.adapters[0].adapter.name
    folder = made.modelfile.rpartition("/")[0]
    lines.append(f"For Ollama:  cd '{folder}' && ollama create {name} -f Modelfile")
    card = result.adapters[0].adapter.card
    if card is not None and card.origin.distilled:
        lines.append(
            f"It knows your guide by heart: in a project, ollama/{name} is asked without it, "
            f"as adapter:{name} is. Under another name it would be told it."
        )
    elif card is not None:
        lines.append(
            f"It learned with your guide in its prompts: in a project ollama/{name} is told it, too."
        )
    return "\n".join(lines)


def _removed(result: adapters.Result) -> str:
    one = result.adapters[0].adapter
    if result.removed:
        return f"“{one.name}” is gone; {size(one.size)} are free again."
    learned = "" if one.card is None else f", trained on {count(one.card.started.rows, 'row')}"
    parts = (
        f"“{one.name}”{learned}, would be lost with its checkpoints and all that was made of it",
        f"({size(one.size)}); only training brings it back.",
    )
    return f"{' '.join(parts)}\nTo remove it:  redraft adapters remove {one.name} --yes"


def base(name: str) -> str:
    """A base as a short name: the file's or folder's, or the whole name of one that is no path."""
    return (
        name.replace("\\", "/").rpartition("/")[2]
        if name.startswith(("/", "\\")) or name[1:3] == ":\\"
        else name
    )


def size(number: int) -> str:
    """`9.8 MB` of so many bytes."""
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.1f} MB"


def _title(text: str) -> str:
    return click.style(f"── {text} ──", bold=True)


RENDER = {"adapters": _adapters}
