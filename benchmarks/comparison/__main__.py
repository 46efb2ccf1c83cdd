"""Asks the libraries on a DynamoDB Local, and writes the table of docs/comparison.md: `make compare`."""

from importlib import import_module
from importlib.metadata import version

from benchmarks.comparison.asking import QUESTIONS, Peer, Stage
from benchmarks.page import DOCS, placed
from benchmarks.peers.clients import settle_environment
from sst_repo.testing import DynamoDBLocal

GUIDES = ("orders_in_pynamodb", "orders_in_simplesingletable")
MODULES = ("ours", "simple_single_table", "pynamo", "dyntastic_models", "pydynox_models")


def main() -> None:
    settle_environment()
    peers: list[Peer] = [import_module(f"benchmarks.comparison.{name}").PEER for name in MODULES]
    with DynamoDBLocal.launch() as local:
        for name in GUIDES:
            import_module(f"benchmarks.comparison.{name}").run(local.endpoint_url)
        answers = [peer.answers(Stage(local.endpoint_url)) for peer in peers]
    head = ["", *(f"{peer.name} {version(peer.package)}" for peer in peers)]
    rows = [head, ["---"] * len(head), *([question, *(each[key] for each in answers)] for key, question in QUESTIONS)]
    text = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    page = DOCS / "comparison.md"
    page.write_text(placed(page.read_text(encoding="utf-8"), "comparison", text), encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
