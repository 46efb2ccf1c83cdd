"""The benchmarks tell what they measured."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Generator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from benchmarks import goals, meter, page, timing
from benchmarks.chapters import CHAPTERS, bulk, cost, growth, memory, profile, speed, starts, threads
from benchmarks.chapters.base import Chapter, Options
from benchmarks.markdown import number, ratio, table, verdict
from benchmarks.peers import boto3_client, ours
from benchmarks.peers.base import BASE, Operations
from benchmarks.peers.clients import client, new_name
from benchmarks.plots import line_plot
from benchmarks.stub import StubThread
from benchmarks.timing import Samples
from sst_repo import InMemoryTable, Table

ROWS = 120
WAYS = list(ours.tables())


@pytest.fixture(scope="module")
def url() -> Generator[str]:
    with StubThread() as stub:
        yield stub.url


@pytest.fixture
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "LEAST_SECONDS", 0)


@pytest.mark.usefixtures("_quickly")
class TestChapters:
    def test_speed_compares_all_operations_with_boto3(self, url: str) -> None:
        def by_us(_: str) -> Operations:
            return ours.operations_on(_stocked(), InMemoryTable())

        def by_boto3(url: str) -> Operations:
            return boto3_client.operations(url, ROWS)

        samples, names = speed.measure(url, {BASE: by_boto3, "sst_repo, auto": by_us}, rounds=1, rows=ROWS)
        text = speed.told(samples, names)

        assert set(samples.raw()) == set(speed.OPERATIONS)
        assert "| boto3 client, µs |" in text
        assert "| sst_repo, auto |" in text
        assert text.count("reached") + text.count("missed by") == len(goals.SPEED)

    def test_speed_shows_a_dash_for_what_a_library_cannot_do(self) -> None:
        samples = Samples({("get", BASE): [2.0, 4.0], ("get", "peer"): [1.0, 2.0]})

        line = speed.told(samples, [BASE, "peer"]).splitlines()[-1]

        assert line == "| peer | .50 |" + " – |" * (len(speed.OPERATIONS) - 1)  # noqa: RUF001 - the dash

    def test_memory_compares_with_moto(self) -> None:
        chapter = memory.report(Options(rounds=1), rows=20)

        assert set(chapter.raw) == set(goals.MEMORY)
        assert "1,000x" in chapter.text

    def test_growth_tells_a_line_for_each_library(self, url: str) -> None:
        for work in (growth.paging(url, [1, 3]), growth.units(url, [1, 3])):
            chapter = growth.told("page", "µs", timing.interleaved(work, 1), [1, 3], each=True)

            assert set(chapter.raw["page"]["3"]) == {BASE, *WAYS}
            assert chapter.plots["growth-page.svg"].count("<polyline") == 1 + len(WAYS)

    def test_growth_keeps_tables_and_histories_as_large_as_it_says(self) -> None:
        of_tables, of_versions = growth.table_sizes([3]), growth.histories([3])
        for work in (of_tables, of_versions):
            for operations in work.values():
                operations["3"]()

        listed: Any = of_tables["list 50"]["3"]()
        versions: Any = of_versions["versions(limit=10)"]["3"]()

        assert len(listed) == 3
        assert [row.version for row in versions] == [3, 2, 1]

    def test_bulk_counts_all_items_of_everyone(self, url: str) -> None:
        rows = InMemoryTable()
        ours.stock(rows, 30)

        assert {read() for read in bulk.by_us(rows, 30).values()} == {30}

        its, name = client(url), new_name()
        table = next(iter(ours.tables().values()))(name, its)
        table.create()
        ours.stock(table, 30)
        assert {read() for read in bulk.by_boto3(its, name, 30).values()} == {30}

    def test_bulk_is_told_in_relation_to_boto3(self) -> None:
        taken = {work: {BASE: [4.0, 8.0], "sst_repo, direct": [1.0, 2.0]} for work in goals.BULK}

        assert "| scan, sst_repo, direct | 1,500 | 4.0x | 4.0x | reached |" in bulk.told(taken)

    def test_threads_are_told_in_relation_to_boto3(self) -> None:
        taken = {name: {1: [(n, 9.0)], 64: [(n * 8, 9.0)]} for name, n in ((BASE, 100.0), ("sst_repo, auto", 200.0))}

        chapter = threads.told(taken)

        assert "| sst_repo, auto | 200 | 1,600 | 9.00 | 2.0x | 2.5x | missed by 1.25x |" in chapter.text

    def test_starts_are_told_with_their_goals(self) -> None:
        names = [f"import: {name}" for name in starts.IMPORTS] + ["first reply: boto3", "first reply: sst_repo, direct"]

        text = starts.told({name: [(50.0, 70.0)] for name in names})

        assert text.count("reached") == 3

    def test_a_profile_names_parts_and_no_folders_of_this_machine(self) -> None:
        chapter = profile.profiled("sst_repo", ours.operations_on(_stocked(), InMemoryTable()), {"get": 3})

        assert "sst_repo.mapping" in chapter.text
        assert str(Path(__file__).parents[2]) not in chapter.text + json.dumps(chapter.raw)

    def test_costs_are_told_side_by_side(self) -> None:
        costs = {"calls": 1, "read_units": 0.5, "table_units": 2, "index_units": 0, "bytes": 1234}
        found = {"save": {"2 KB": {"us": costs, "them": {**costs, "calls": 3}}}}

        line = cost.told(found, ["us", "them"]).splitlines()[-1]

        assert line == "| save, 2 KB | 1 / 3 | 0.50 / 0.50 | 2 / 2 | 0 / 0 | 1,234 / 1,234 |"


def _stocked() -> Table:
    rows = InMemoryTable()
    ours.stock(rows, ROWS)
    return rows


class TestTheMeter:
    INDEXES: ClassVar = {"listing": ("kind", "at")}

    @staticmethod
    def row(size: int, at: str | None = None) -> dict[str, Any]:
        listed = {} if at is None else {"kind": {"S": "k"}, "at": {"S": at}}
        return {"pk": {"S": "p"}, "sk": {"S": "s"}, **listed, "text": {"S": "x" * size}}

    def test_counts_whole_kilobytes_of_the_larger_row(self) -> None:
        assert meter.table_units(None, self.row(1000)) == 1
        assert meter.table_units(None, self.row(1024)) == 2
        assert meter.table_units(self.row(5000), self.row(1)) == 5

    def test_counts_an_index_twice_when_the_entry_moves(self) -> None:
        assert meter.index_units(None, self.row(1500), self.INDEXES) == 0
        assert meter.index_units(None, self.row(1500, "1"), self.INDEXES) == 2
        assert meter.index_units(self.row(1500, "1"), self.row(1501, "1"), self.INDEXES) == 2
        assert meter.index_units(self.row(1500, "1"), self.row(1500, "2"), self.INDEXES) == 4
        assert meter.index_units(self.row(1500, "1"), self.row(1500), self.INDEXES) == 2


class TestFigures:
    def test_a_ratio_is_taken_within_each_round(self) -> None:
        # Somebody else was busy in the second round, and slowed both down.
        samples = Samples({("get", BASE): [10.0, 100.0, 10.0], ("get", "us"): [1.0, 10.0, 1.0]})

        assert samples.ratio("get", "us", BASE) == pytest.approx(0.1)
        assert samples.ratio("get", "nobody", BASE) is None

    def test_figures_are_shown_by_the_digits_that_count(self) -> None:
        assert list(map(number, (1234.5, 45.67, 10.0, 0.125))) == ["1,234", "45.7", "10", "0.12"]
        assert (ratio(0.25), ratio(1.07)) == (".25", "1.07")
        assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |\n"

    def test_a_verdict_says_how_far_off_a_figure_is(self) -> None:
        assert verdict(0.3, 0.3, at_most=True) == "reached"
        assert verdict(0.6, 0.3, at_most=True) == "missed by 2.00x"
        assert verdict(50, 100, at_most=False) == "missed by 2.00x"

    def test_a_plot_draws_more_higher_and_further_right(self) -> None:
        plot = ET.fromstring(line_plot("A <title>", "across", "up", {"a": [(1, 1), (10, 5), (100, 100)]}))  # noqa: S314 - ours

        (line,) = [element for element in plot if element.tag.endswith("polyline")]
        points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
        assert points == sorted(points)
        assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)


class TestThePage:
    def test_has_a_place_for_every_chapter(self) -> None:
        text = (page.DOCS / "performance.md").read_text()

        for name in CHAPTERS:
            assert page.placed(text, name, "here") != text

    def test_takes_a_chapter_between_its_markers_and_leaves_the_prose(self, tmp_path: Path) -> None:
        text = "Before.\n<!-- begin a -->\nold\n<!-- end a -->\nAfter."
        (tmp_path / "performance.md").write_text(text)

        page.write("a", Chapter(r"new \1", {"x": 1}, {"a.svg": "<svg/>"}), 3, tmp_path, tmp_path / "results")

        written = (tmp_path / "performance.md").read_text()
        assert written.startswith("Before.\n<!-- begin a -->\n*Python ")
        assert written.endswith("\n\nnew \\1\n<!-- end a -->\nAfter.")
        assert json.loads((tmp_path / "results" / "a.json").read_text()) == {"x": 1}
        assert (tmp_path / "plots" / "a.svg").read_text() == "<svg/>"

    def test_says_how_many_rounds_were_taken(self, tmp_path: Path) -> None:
        (tmp_path / "performance.md").write_text("<!-- begin a --><!-- end a -->")

        page.write("a", Chapter("", {}, most_rounds=3), 7, tmp_path, tmp_path / "results")

        assert ", 3 rounds.*" in (tmp_path / "performance.md").read_text()

    def test_refuses_a_chapter_that_it_has_no_place_for(self) -> None:
        with pytest.raises(page.MarkerMissingError, match="begin b"):
            page.placed("<!-- begin a --><!-- end a -->", "b", "")
