"""Takes the pictures of the documentation anew: what the real program shows in a terminal (`make pictures`)."""

import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from examples.shop.domain import Order, OrderLine
from sst_repo import DynamoDBTable, TableRepository
from sst_repo.testing import DynamoDBLocal, ManualClock
from tests.integration.cli.conftest import environment
from tests.integration.cli.terminal import Terminal

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
COLUMNS = 84

THEME = TerminalTheme(
    (22, 27, 34),
    (216, 222, 233),
    [
        (72, 79, 88),
        (248, 113, 105),
        (126, 211, 135),
        (235, 190, 100),
        (121, 170, 255),
        (200, 150, 250),
        (110, 210, 220),
        (200, 206, 216),
    ],
)
FONTS = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def main() -> None:
    """Take all pictures."""
    with shop() as terminal:
        take(terminal, "history", "history Order 2026-0417")


@contextmanager
def shop() -> Iterator[Terminal]:
    """Make a shop with an order that has seen a lot, and a terminal to look at it in."""
    with DynamoDBLocal.launch() as local:
        table = DynamoDBTable("shop", local.client())
        table.create(if_not_exists=True)
        clock = ManualClock(datetime(2026, 4, 17, 9, 12, 44, tzinfo=UTC))
        orders = TableRepository(Order, table, clock=clock)
        tea = OrderLine(sku="TEA-ASSAM", quantity=2, unit_price=Decimal("12.40"))
        order = orders.add(
            Order(resource_id="2026-0417", customer_id="ada", address="12 St James's Square", lines=(tea,))
        )
        clock.sleep(431)
        order.lines += (OrderLine(sku="CUP-BLUE", quantity=1, unit_price=Decimal("7.90")),)
        orders.save(order)
        clock.sleep(95)
        order.pay(Decimal("32.70"))
        orders.save(order)
        clock.sleep(15_214)
        order.redirect("Ashley Combe, Porlock")
        order.note = "Ring twice"
        orders.save(order)
        clock.sleep(68_002)
        orders.delete(order)
        clock.sleep(127)
        order = orders.restore("2026-0417", 4)
        clock.sleep(20_611)
        order.ship("RM 4711 0042")
        orders.save(order)
        models = {"SST_REPO_MODELS": "examples.shop.domain"}
        yield Terminal(ROOT, environment(local.endpoint_url, "shop") | models, COLUMNS)
        table.delete()


def take(terminal: Terminal, name: str, command: str) -> None:
    """Run the program in the terminal, and write what it shows as a picture."""
    ended = terminal.run(*shlex.split(command))
    if ended.code:
        raise SystemExit(ended.text)
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "bright_black"), (f"sst-repo {command}", "bold"), "\n"))
    console.print(Text.from_ansi(ended.raw.replace("\r\n", "\n").rstrip()))
    svg = console.export_svg(title="", theme=THEME, unique_id=name)
    # The font that Rich names comes from a server of somebody else's.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: (?:Fira Code, monospace|arial)", f"font-family: {FONTS}", svg)
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / f"{name}.svg").write_text(svg, encoding="utf-8")
    sys.stdout.write(f"{IMAGES / name}.svg\n")


if __name__ == "__main__":
    main()
