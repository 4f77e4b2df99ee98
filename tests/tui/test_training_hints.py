"""Every sentence about training that names a command: it works as it stands, and at the desk a key does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from textual.binding import Binding

from loop.cli.app import redraft
from tests.rules.sources import ROOT, named, python_files
from tui.hints import at_desk
from tui.places.train import Here
from tui.where import LINES

_FOLDERS = ("loop/train", "loop/adapters/training", "loop/verbs/training", "feedback/dataset")
_FILES = ("loop/verbs/train.py", "loop/verbs/dataset.py", "loop/verbs/adapters.py", "loop/render/tuning.py")
_COMMAND = re.compile(
    r"redraft (?:train|dataset|adapters|learn|correct|doctor|models|withdraw|run|diff)\b[^();,:\n]*"
)
_ENDS = re.compile(r"   |  |\. |\.$|”| \(")
_WORDS = re.compile(r"redraft (?:train|dataset|adapters)\b|(?<![\w-])--[a-z]")
_NUMBERS = re.compile(r"budget|^fewer$|^half$")
"""Gaps for numbers."""
_KEYS = {key for one in Here.BINDINGS if isinstance(one, Binding) for key in one.key.split(",")}


def _said() -> Iterator[tuple[str, str]]:
    """Every text in the code that names a command about training, or an option: where it is, and the text."""
    files = [*python_files(*_FOLDERS), *(ROOT / file for file in _FILES)]
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        hidden = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        hidden |= {
            id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
        }
        hidden |= {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.List | ast.Assign)  # the words of other programs, and examples
            for part in ast.walk(node)
            if isinstance(node, ast.List) or _is_example(node)
        }
        for node in ast.walk(tree):
            if id(node) in hidden or not isinstance(node, ast.Constant | ast.JoinedStr):
                continue
            for text in dict.fromkeys(_text(node, method) for method in ("sft", "dpo")):
                if _WORDS.search(text) and " " in text:
                    yield f"{named(path)}:{node.lineno}", text


def _is_example(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "EXAMPLE" for target in node.targets
    )


def _text(node: ast.AST, method: str) -> str:
    """A text with something likely for each of its gaps."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, method) for part in node.values)
    gap = ast.unparse(node.value) if isinstance(node, ast.FormattedValue) else ""
    if "method" in gap or "action" in gap:
        return method
    return "512" if _NUMBERS.search(gap) else "bf16" if gap == "other" else "mine-2"


SAID = list(_said())


def test_there_are_such_texts() -> None:
    assert len(SAID) > 30


@pytest.mark.parametrize(("where", "text"), SAID, ids=[where for where, _ in SAID])
def test_a_command_that_is_named_can_be_typed_as_it_stands(where: str, text: str) -> None:
    del where
    for found in _COMMAND.finditer(text):
        words = _ENDS.split(found[0])[0].split()
        if len(words) > 2:
            verb = redraft.get_command(redraft.make_context("redraft", [words[1]]), words[1])
            assert verb is not None
            verb.make_context(words[1], words[2:])
    left = _COMMAND.sub(lambda found: found[0][len(_ENDS.split(found[0])[0]) :], text)
    assert "--" not in re.sub(r"^#.*", "", left), "an option without its command"


@pytest.mark.parametrize("here", ["train", "plan", ""])
@pytest.mark.parametrize(("where", "text"), SAID, ids=[where for where, _ in SAID])
def test_at_the_desk_a_key_a_line_or_the_palette_does_it(where: str, text: str, here: str) -> None:
    del where
    said = at_desk(text, here=here)
    assert not _WORDS.search(said), said
    for key in re.findall(r"\b[Pp]ress (\S+?)[,.):]*(?=\s|$)", said):
        assert key in _KEYS, said
    for line in re.findall(r"\bset ((?:[A-Z])[^,.;)]*?)(?= to |,| and |   |$|\)|\.)", said):
        assert line.strip() in LINES.values(), said
