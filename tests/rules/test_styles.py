"""Styles go by the name of a class: two widgets of one name would wear each other's."""

from __future__ import annotations

import ast
from collections import defaultdict

from tests.rules.sources import named, python_files


def test_no_class_shares_its_name_with_one_that_has_styles() -> None:
    files: dict[str, list[str]] = defaultdict(list)
    styled = set[str]()
    for path in python_files("tui"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.bases and node.name != "Here":
                if not any(isinstance(base, ast.Name) and base.id == "NamedTuple" for base in node.bases):
                    files[node.name].append(named(path))
                styles = (one.targets for one in node.body if isinstance(one, ast.Assign))
                if any(ast.unparse(target) == "DEFAULT_CSS" for (target,) in styles):
                    styled.add(node.name)
    assert {name: files[name] for name in sorted(styled) if len(files[name]) > 1} == {}
