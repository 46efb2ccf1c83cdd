"""What is wrong with a built site is found: by reading it, and by a browser where there is one."""

from pathlib import Path

import pytest

from tests.site import chromium, faults, seen_faults

SOUND = """<link rel="stylesheet" href="style.css"><h1 id="top">Home</h1>
<a href="more/#there">more</a><a href="http://x.y/">elsewhere</a>"""
MORE = """<h2 id="there">More</h2><a href="../">home</a><a href="..#top">top</a>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "more").mkdir()
    (tmp_path / "index.html").write_text(SOUND)
    (tmp_path / "more" / "index.html").write_text(MORE)
    (tmp_path / "style.css").write_text("h1 { background: url(data:,) }")
    return tmp_path


def test_a_sound_site_has_no_faults(site: Path) -> None:
    assert list(faults(site)) == []


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ('<a href="nowhere/">', "more/index.html: nowhere/ leads nowhere"),
        ('<a href="../#nowhere">', "more/index.html: ../#nowhere leads to no place on that page"),
        ('<a href="#nowhere">', "more/index.html: #nowhere leads to no place on that page"),
        ('<img src="nothing.png">', "more/index.html: nothing.png leads nowhere"),
        ('<img src="https://x.y/z.png">', "more/index.html loads https://x.y/z.png"),
        ('<script src="//x.y/z.js">', "more/index.html loads //x.y/z.js"),
        ('<link rel="stylesheet" href="https://x.y/z.css">', "more/index.html loads https://x.y/z.css"),
        ('<p style="background: url(https://x.y/z.png)">', "more/index.html loads https://x.y/z.png"),
    ],
)
def test_what_is_wrong_with_a_page_is_told(site: Path, written: str, fault: str) -> None:
    with (site / "more" / "index.html").open("a") as page:
        page.write(written)

    assert list(faults(site)) == [fault]


def test_a_style_sheet_that_loads_from_elsewhere_is_told(site: Path) -> None:
    (site / "style.css").write_text('@import "https://x.y/z.css"; h1 { background: url("//x.y/z.png") }')

    assert list(faults(site)) == ["style.css loads https://x.y/z.css", "style.css loads //x.y/z.png"]


BROWSER = chromium()
with_browser = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")


@with_browser
def test_a_browser_finds_what_only_it_can_see(site: Path) -> None:
    assert BROWSER is not None
    (site / "loud.html").write_text("<script>console.log('something')</script>")
    (site / "sick.html").write_text("<script>nonsense()</script>")
    (site / "curious.html").write_text("<script>fetch('http://127.0.0.1:9/').catch(() => 0)</script>")
    (site / "wide.html").write_text("<!doctype html><body><div style='width: 500px'>wide</div>")

    told = "\n".join(seen_faults(site, BROWSER))

    assert '"something"' in told
    assert "nonsense is not defined" in told
    assert "a page asked for http://127.0.0.1:9/" in told
    assert "wide.html is 5" in told
    assert "in a window of 1280" not in told


@with_browser
def test_a_browser_finds_nothing_wrong_with_a_sound_site(site: Path) -> None:
    assert BROWSER is not None
    assert list(seen_faults(site, BROWSER)) == []
