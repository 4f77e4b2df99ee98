"""Words for new, doctor, models, trust and status."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from loop.counts import count, money, percent
from loop.render.layout import table

if TYPE_CHECKING:  # `status` must not pay for what only the others need
    from loop.verbs import doctor, key, models, new, status, trust
    from loop.verbs.starting import building


def _new(result: new.Result) -> str:
    if result.built is not None:
        return _built(result, result.built)
    made = count(len(result.made), "file")
    lines = [f"{result.path} is a redraft project now: {made}, version {result.version}."]
    if result.kept:
        lines.append(f"Kept as they were: {', '.join(result.kept)}.")
    return "\n".join([*lines, f"Next:  {result.next}"])


def _built(result: new.Result, built: building.Built) -> str:
    made = count(len(built.files), "file")
    if result.version:
        first = f"{result.path} is a redraft project now: {made}, version {result.version}."
    else:
        first = f"{result.path} is whole, and not kept yet: {made}, written by {built.model}."
    sizes = table([(one.path, f"{one.characters:,} characters") for one in built.files])
    steps = "  →  ".join(built.steps)
    parts = [
        first,
        sizes,
        f"{_title('CLAUDE.md')}\n{built.guide.rstrip()}",
        f"{_title('What is run')}\nbrief  →  {steps}",
        f"{_title(f'The first draft: {built.brief}')}\n{built.draft.rstrip()}",
    ]
    notes = [f"  note: {note.message}" for note in built.notes]
    said = [f"{count(built.briefs, 'brief')}, {built.held_out} of them held out: those only measure."]
    said += [*built.says]
    if built.usage.usd:
        said.append(f"This cost {money(built.usage.usd)}.")
    parts += ["\n".join([*notes, *said])]
    if result.version:
        return "\n\n".join([*parts, f"Next:  {result.next}"])
    keep = f"Keep it:   {result.next}   (change any file first, if you like)"
    if built.new_folder:
        last = f"{keep}\nOr not:    rm -r {shlex.quote(result.path)}   and it never was"
    else:
        last = f"{keep}\nOr not:    delete the files that are named above; nothing else was touched"
    return "\n\n".join([*parts, last])


def _title(text: str) -> str:
    return click.style(f"── {text} ──", bold=True)


def _doctor(result: doctor.Result) -> str:
    marks = {True: click.style("ok", fg="green"), False: click.style("MISSING", fg="red"), None: "-"}
    rows = [(marks[finding.fine], finding.what, finding.says) for finding in result.findings]
    verdict = "Everything that is needed is here." if result.ready else "Something is missing: see above."
    return f"{table(rows)}\n\n{verdict}"


def _models(result: models.Result) -> str:
    ready = [(model.name, _about_model(model)) for model in result.models if model.ready]
    rest = [(model.name, model.says) for model in result.models if not model.ready]
    parts = [table(ready, ("ready now", ""))]
    if rest:
        parts.append(table(rest, ("not yet", "what to do")))
    parts.append('A project uses the one that redraft.toml names:  [model]  name = "..."')
    return "\n\n".join(parts)


def _about_model(model: models.Model) -> str:
    room = f"holds {count(model.context, 'token')}" if model.context else ""
    return "; ".join(filter(None, (model.says, room, model.price)))


def _key(result: key.Result) -> str:
    done = []
    if result.stored is not None:
        done.append(f"The key for {result.stored.provider} is kept in {result.stored.where}.")
    if result.removed is not None:
        done.append(f"The key for {result.removed.provider} is removed from {result.removed.where}.")
    if result.variable:
        done.append(f"{result.variable} is set in your environment: the key in it is the one that counts.")
        done.append(f"  → unset {result.variable}")
    if done:
        return "\n".join(done)
    if not result.keys:
        return "No key is there, and the embedded model needs none.  →  redraft key set anthropic"
    return table([(one.provider, one.where) for one in result.keys], ("provider", "where its key lies"))


def _trust(result: trust.Result) -> str:
    may = "may" if result.trusted else "would be allowed to"
    now = " now" if result.trusted else ""
    lines = [f"These programs {may} run{now}:"] if result.programs else []
    lines += [f"  {' '.join(argv)}" for argv in result.programs]
    asked = "may be asked now" if result.trusted else "would be asked"
    lines += [f"These servers {asked}:"] if result.servers else []
    for name, address in result.servers.items():
        lines.append(f"  {name}: {address}")
        if name in result.keys:
            is_sent = "is sent" if result.trusted else "would be sent"
            lines.append(f"    {is_sent} your key for {name}, from {result.keys[name]}")
    if not lines:
        return "This project runs no programs of its own and names no servers: there is nothing to trust."
    if not result.trusted:
        return "\n".join([*lines, "Nothing of this is allowed yet.  →  redraft trust"])
    return "\n".join(
        [*lines, "Not what you meant? Take it out of redraft.toml: what changes there is not trusted."]
    )


def _status(result: status.Result) -> str:
    lines = [
        (
            f"{result.root}: {result.pipeline}, written by {result.model}, "
            f"version {result.version}, {count(result.rules, 'rule')}"
        )
    ]
    others = [f"{use.what} {use.model}" for use in result.uses if use.model not in {"", "mine", result.model}]
    if others:
        lines.append(f"Other models: {', '.join(others)}.")
    if result.unkept:
        lines.append("It is not kept yet: change any of its files first, if you like.")
    if result.changed:
        lines.append(f"You changed {', '.join(result.changed)}: kept as your own entry by the next verb.")
    if result.suspended:
        lines.append(f"These checks have lost their rule and do not run: {', '.join(result.suspended)}.")
    rows = [
        (
            brief.brief,
            brief.type,
            "held out" if brief.split == "held_out" else "train",
            brief.state,
            f"final ({percent(brief.effort)} changed)" if brief.effort is not None else "-",
            count(brief.critiques, "critique") if brief.critiques else "-",
        )
        for brief in sorted(result.briefs, key=lambda brief: (brief.split == "held_out", brief.brief))
    ]
    lines += ["", table(rows, ("brief", "type", "split", "state", "final", "critiques")) if rows else ""]
    if result.imported:
        lines.append(f"\n{count(result.imported, 'edit pair')} came in from old texts.")
    if result.month:
        lines.append(f"\n{_month(result)}")
    for waiting in result.waiting:
        lines.append(f"\nProposal {waiting.number} waits ({waiting.gate or 'not tested'}): {waiting.subject}")
    return "\n".join([*lines, f"\nNext:  {result.next}"])


def _month(result: status.Result) -> str:
    total = sum(cost.usage.usd for cost in result.month)
    cap = f" of {money(result.month_cap)}" if result.month_cap is not None else ""
    parts = [f"{cost.verb} {money(cost.usage.usd)}" for cost in result.month]
    return f"This month: {money(total)}{cap} ({', '.join(parts)})."


RENDER = {
    "new": _new,
    "doctor": _doctor,
    "models": _models,
    "key": _key,
    "trust": _trust,
    "status": _status,
}
