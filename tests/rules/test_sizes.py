"""A file that has to be scrolled for long is two files, and so is a function."""

from __future__ import annotations

import ast

from tests.rules.sources import FOLDERS, named, python_files

FILE_LINES = 400
FUNCTION_LINES = 60


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    lengths = {
        named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*FOLDERS)
    }
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_longer_than_sixty_lines() -> None:
    too_long = [
        f"{named(path)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in python_files(*FOLDERS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert too_long == []
