"""What `make api` starts."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def served() -> Iterator[str]:
    """The address of a server of its own."""
    command = [sys.executable, "-W", "error", "-m", "examples.fastapi_shop", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        address = next((found[0] for line in process.stderr if (found := re.search(r"http://\S+", line))), None)
        assert address, "the server ended"
        yield address
        process.terminate()


def test_serves_the_page_and_orders_to_look_at(served: str) -> None:
    page = httpx2.get(f"{served}/")
    orders = httpx2.get(f"{served}/orders?limit=100").json()["orders"]

    assert page.headers["Content-Security-Policy"] == "default-src 'self'"
    assert 'src="page/page.js"' in page.text
    assert {order["status"] for order in orders} == {"placed", "paid", "shipped"}
    assert max(order["version"] for order in orders) > 3
