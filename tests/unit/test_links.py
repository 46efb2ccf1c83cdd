"""The pages that are read without being built link to what is there: README, CONTRIBUTING, those of the examples."""

import re
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(chain(ROOT.glob("*.md"), *((ROOT / part).rglob("*.md") for part in (".github", "examples"))))
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href|srcset)=\"([^\"]+)\"")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors_of(page: Path) -> set[str]:
    """Return the anchors that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


LINKS = [
    pytest.param(page, found[1] or found[2], id=f"{page.relative_to(ROOT)}: {found[1] or found[2]}")
    for page in PAGES
    for found in LINK.finditer(FENCED.sub("", page.read_text(encoding="utf-8")))
    if not urlsplit(found[1] or found[2]).scheme
]


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_a_link_leads_to_a_file_and_to_a_heading_of_it(page: Path, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page

    assert target.exists()
    assert not anchor or anchor in anchors_of(target)


def test_the_readme_has_links() -> None:
    assert len([link for link in LINKS if "README" in str(link.id)]) > 5
