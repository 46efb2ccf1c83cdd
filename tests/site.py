"""Looks through the built documentation: `python -m tests.site site`.

Every link leads somewhere, anchors included, and no page loads anything from elsewhere: that much by reading the files.
Where there is a Chromium it opens every page too, as wide as a phone and as a desk: no message on the console, no
request to elsewhere, and no page that is wider than the window.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

WIDTHS = (1280, 390)
LOADS = {"src", "srcset", "poster", "data"}
"""Attributes whose address is loaded without a click."""

_PROBE = "/all-pages"
_CONSOLE = re.compile(r":CONSOLE:\d+\] (.*)")
_IN_STYLES = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s]+)""")
_FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--no-first-run",
    "--no-sandbox",  # of our own pages, and in a container it can't be had
    "--enable-logging=stderr",
    "--virtual-time-budget=300000",
    "--dump-dom",
)


@dataclass
class Page(HTMLParser):
    """What a page has to link to, what it links to, and what it loads."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and given.get("rel") not in {"canonical", "prev", "next"}:
            self.loaded.append(given.get("href", ""))
        self.loaded += [given[name] for name in LOADS & given.keys()]
        self.loaded += _IN_STYLES.findall(given.get("style", ""))


def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def faults(site: Path) -> Iterator[str]:
    """Tell what is wrong with the files of a site."""
    pages = {path: read(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        told = path.relative_to(site)
        for address in page.links:
            if not is_outside(address) and (fault := _broken(address, path, site, pages)):
                yield f"{told}: {fault}"
        for address in page.loaded:
            if is_outside(address):
                yield f"{told} loads {address}"
            elif fault := _broken(address, path, site, pages):
                yield f"{told}: {fault}"
    for path in sorted(site.rglob("*.css")):
        for address in _IN_STYLES.findall(path.read_text(encoding="utf-8")):
            if is_outside(address):
                yield f"{path.relative_to(site)} loads {address}"


def is_outside(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in {"", "data"}


def _broken(address: str, origin: Path, site: Path, pages: dict[Path, Page]) -> str | None:
    parts = urlsplit(address)
    if parts.scheme == "data":
        return None
    path = unquote(parts.path)
    target = origin if not path else (site if path.startswith("/") else origin.parent) / path.lstrip("/")
    target = Path(os.path.normpath(target))
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file():
        return f"{address} leads nowhere"
    if parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors | {"__top"}:
        return f"{address} leads to no place on that page"
    return None


def chromium() -> str | None:
    """Return the browser to look with; None if there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def seen_faults(site: Path, browser: str) -> Iterator[str]:
    """Tell what a browser finds wrong when it opens every page of a site."""
    with _served(site) as origin, tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "net.json")
        flags = [*_FLAGS, f"--user-data-dir={folder}/profile", f"--log-net-log={log}"]
        run = subprocess.run(
            [browser, *flags, origin + _PROBE], check=True, capture_output=True, text=True, timeout=300
        )
        if "all seen" not in run.stdout:
            yield "not all pages were opened"
        yield from _CONSOLE.findall(run.stderr)
        for event in json.loads(log.read_text(encoding="utf-8"))["events"]:
            asked = event.get("params", {})
            # The browser itself asks for things as well; pages have an origin.
            if asked.get("initiator") == origin and not asked.get("url", origin).startswith((origin, "data:", "blob:")):
                yield f"a page asked for {asked['url']}"


@contextmanager
def _served(site: Path) -> Iterator[str]:
    probe = _probe([path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]).encode()

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != _PROBE:
                super().do_GET()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(probe)))
            self.end_headers()
            self.wfile.write(probe)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so it is called
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _probe(pages: list[str]) -> str:
    """Return a page that opens all others, one after the other, and says on its console what is wrong with them."""
    return f"""<!doctype html><link rel="icon" href="data:,"><iframe height="800"></iframe>
<script>
const frame = document.querySelector("iframe")
const open = async page => {{
  const loaded = new Promise(done => frame.onload = done)
  frame.src = "/" + page
  await loaded
  const still = frame.contentDocument.createElement("style")
  still.textContent = "* {{ transition: none !important; animation: none !important }}"
  frame.contentDocument.head.append(still)
  for (const width of {list(WIDTHS)}) {{
    frame.width = width
    await new Promise(done => setTimeout(done, 100))
    const {{ scrollWidth, clientWidth }} = frame.contentDocument.documentElement
    if (scrollWidth <= clientWidth) continue
    const all = [...frame.contentDocument.querySelectorAll("*")]
    const wide = all.filter(e => e.getBoundingClientRect().right > clientWidth)
    const what = wide.slice(0, 3).map(e => `<${{e.localName}} class="${{e.className}}">`)
    console.error(`${{page}} is ${{scrollWidth}} wide in a window of ${{clientWidth}}: ${{what}}`)
  }}
}}
const all = async () => {{
  for (const page of {json.dumps(pages)}) await open(page)
  document.body.append("all seen")
}}
all()
</script>"""


def main() -> None:
    site = Path(sys.argv[1])
    found = list(faults(site))
    browser = chromium()
    if browser is None:
        print("There is no Chromium: links were checked, but no page was opened.")  # noqa: T201 - a report
    else:
        found += seen_faults(site, browser)
    if found:
        sys.exit("\n".join(found))
    pages = len(list(site.rglob("*.html")))
    seen = "" if browser is None else f", nothing amiss at {WIDTHS} pixels"
    print(f"{pages} pages: no broken link, nothing loaded from elsewhere{seen}")  # noqa: T201 - likewise


if __name__ == "__main__":
    main()
