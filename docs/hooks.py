"""Shows files of the repository's root as pages: their links are made from there."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SHOWN = {"changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
PAGES = {file: page for page, file in SHOWN.items()}


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:
    """Put the file in the place of its page, which names it."""
    file = SHOWN.get(page.file.src_uri)
    return markdown if file is None else re.sub(r"\]\(([^)#]+)", _link, (ROOT / file).read_text(encoding="utf-8"))


def _link(found: re.Match[str]) -> str:
    target = found[1]
    return f"]({PAGES.get(target, target.removeprefix('docs/'))}"
