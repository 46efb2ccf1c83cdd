"""The page in a real browser: what it shows once its script has run, and that the console has no complaints."""

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from tests.unit.examples.conftest import Api

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here to open the page in")


@dataclass
class Shown:
    """What a browser made of the page.

    Attributes:
        text: What can be read in it, without the tags.
        html: The same with the tags.
        console: What the console says.
    """

    html: str
    console: list[str]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.html))


@pytest.fixture
def address(api: Api) -> Iterator[str]:
    """The API, served at a port of this machine."""
    server = uvicorn.Server(uvicorn.Config(api.client.app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join()


@pytest.fixture
def open_page(address: str, tmp_path: Path) -> Callable[[str], Shown]:
    def open_page(fragment: str = "") -> Shown:
        command = [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--enable-logging=stderr",
            "--virtual-time-budget=5000",
            f"--user-data-dir={tmp_path}",
            "--dump-dom",
            address + fragment,
        ]
        process = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
        return Shown(process.stdout, [line for line in process.stderr.splitlines() if "CONSOLE" in line])

    return open_page


def test_it_lists_the_orders(api: Api, open_page: Callable[[str], Shown]) -> None:
    shown = open_page("")

    assert shown.console == []
    assert re.findall(r'href="#(\w+)"', shown.html) == [order.resource_id for order in api.shop.order_desk().latest(10)]
    assert "Choose an order to see its history." in shown.text


def test_it_tells_what_changed_from_version_to_version(api: Api, open_page: Callable[[str], Shown]) -> None:
    order_id = api.orders[0]

    shown = open_page(f"#{order_id}")

    assert shown.console == []
    assert re.findall(r"<h3>Version (\d)", shown.html) == ["6", "5", "4", "3", "2", "1"]
    assert "status: placed → paid" in shown.text
    assert "parcel: none → P-1000" in shown.text
    assert "Version 3 Deleted" in shown.text
    assert "Placed: 2 \N{MULTIPLICATION SIGN} mug, 1 \N{MULTIPLICATION SIGN} teapot" in shown.text


def test_it_shows_what_customers_write_as_they_wrote_it(api: Api, open_page: Callable[[str], Shown]) -> None:
    note = "<img src=x onerror=console.error('run')> & <b>ring</b>"
    api.shop.order_desk().amend(api.orders[1], {"note": note})

    shown = open_page(f"#{api.orders[1]}")

    assert shown.console == []
    assert "&lt;b&gt;ring&lt;/b&gt;" in shown.html


def test_of_an_order_that_never_was_it_says_so(open_page: Callable[[str], Shown]) -> None:
    assert "Order 'nothing' was not found" in open_page("#nothing").text
