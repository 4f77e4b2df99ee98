"""The reference of every verb, made from the requests themselves, so that it cannot be wrong."""

from __future__ import annotations

from inspect import cleandoc

import click

from loop.asking.docstrings import descriptions
from loop.cli.build import build
from loop.cli.exits import BUG, EXIT_CODES, HUNG_UP, INTERRUPTED, TERMINATED
from loop.cli.serving import serve
from loop.verbs import VERBS

_HEAD = """# Reference

Made by `make docs` from the requests of the verbs; do not edit.

Every verb takes `-C PATH` (work in this folder) and `--json` (one JSON document on stdout; events and errors
as JSON lines on stderr), works without a terminal, and respects `NO_COLOR`. `redraft completion bash`
(or `zsh`, `fish`) prints a completion script.
"""


def reference() -> str:
    """docs/reference.md."""
    parts = [_HEAD]
    group = ""
    for verb in VERBS:
        if verb.group != group:
            group = verb.group
            parts.append(f"## {group}\n")
        command = build(verb)
        command.describe()
        module = verb.load()
        context = click.Context(command, info_name=f"redraft {verb.name}")
        parts.append(f"### redraft {verb.name}\n\n{verb.summary}\n\n```\n{module.EXAMPLE}\n```\n")
        rows = [_row(param, context) for param in command.params if param.name not in {"folder", "as_json"}]
        if rows:
            parts.append("| | |\n|---|---|\n" + "\n".join(rows) + "\n")
        fields = [
            f"- `{module.Result.model_fields[name].alias or name}`: {text}"
            for name, text in descriptions(module.Result).items()
        ]
        parts.append("`--json` prints:\n\n" + "\n".join(fields) + "\n")
    parts.append(_of_serve())
    codes: dict[int, list[str]] = {}
    for kind, code in EXIT_CODES.items():
        codes.setdefault(code, []).append(kind.__name__)
    lines = [f"| {code} | {', '.join(names)} |" for code, names in sorted(codes.items())]
    lines += [f"| {BUG} | a bug of redraft: the report can be pasted as it is |"]
    lines += [f"| {HUNG_UP} | the terminal was closed; what was typed at the desk is put away |"]
    lines += [f"| {INTERRUPTED} | stopped with Ctrl-C |"]
    lines += [f"| {TERMINATED} | ended by the system or by `kill`; what was typed at the desk is put away |"]
    parts.append("## Exit codes\n\n| code | when |\n|---|---|\n| 0 | all went well |\n" + "\n".join(lines))
    parts.append(
        "\nOf several briefs, those that can be written are; the code is that of the first one that failed."
    )
    return "\n".join(parts) + "\n"


def _of_serve() -> str:
    context = click.Context(serve, info_name="redraft serve")
    rows = [_row(param, context) for param in serve.params]
    return (
        f"## In a browser\n\n### redraft serve\n\n{cleandoc(serve.help or '')}\n\n| | |\n|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def _row(param: click.Parameter, context: click.Context) -> str:
    if isinstance(param, click.Argument):
        module = next(verb.load() for verb in VERBS if context.info_name == f"redraft {verb.name}")
        text = descriptions(module.Request)[param.name or ""]
        return f"| `{param.make_metavar(context)}` | {text} |"
    names, text = param.get_help_record(context) or ("", "")
    return f"| `{names}` | {text} |"


if __name__ == "__main__":
    click.echo(reference(), nl=False)
