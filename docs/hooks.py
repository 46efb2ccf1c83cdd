"""What MkDocs is taught: pages that are files of the repository's root, and code that is part of an example."""

import ast
import re
from pathlib import Path
from textwrap import indent
from typing import Any

ROOT = Path(__file__).parents[1]
SHOWN = {"changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
PAGES = {file: page for page, file in SHOWN.items()}
PART = re.compile(r"^( *)# shown: (\S+\.py)::([\w, ]+)$", re.MULTILINE)
"""A comment that names definitions: to whoever formats and runs the page it is nothing."""


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:
    """Put a file in the place of the page that names it, and definitions in the place of lines that name them."""
    file = SHOWN.get(page.file.src_uri)
    if file is not None:
        markdown = re.sub(r"\]\(([^)#]+)", _link, (ROOT / file).read_text(encoding="utf-8"))
    return PART.sub(lambda found: indent(source_of(found[2], *found[3].split(", ")), found[1]), markdown)


def source_of(path: str, *names: str) -> str:
    """Return definitions of a module, as they stand in it.

    Raises:
        KeyError: The module has none of that name.
    """
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    definitions: dict[str, str] = {}
    for node in ast.parse("\n".join(lines)).body:
        decorators = getattr(node, "decorator_list", [])
        first = min(each.lineno for each in (node, *decorators))
        for name in _names(node):
            definitions[name] = "\n".join(lines[first - 1 : node.end_lineno])
    return "\n\n\n".join(definitions[name] for name in names)


def _names(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=[*targets]):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _link(found: re.Match[str]) -> str:
    target = found[1]
    return f"]({PAGES.get(target, target.removeprefix('docs/'))}"
