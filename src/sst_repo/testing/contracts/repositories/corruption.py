"""One poison row never hides the rest."""

import zlib

import pytest

from sst_repo.core.records import AttributeValue
from sst_repo.errors import AlreadyExistsError, CorruptRecordError
from sst_repo.ports import Repository
from sst_repo.tables.base import Table
from sst_repo.testing.contracts.models import Kept, Plain, Sample
from sst_repo.testing.contracts.repositories.base import RepositoryFixtures, titles
from sst_repo.testing.contracts.repositories.history import write
from sst_repo.testing.contracts.stored import spoil, stored_row

POISONS: dict[str, tuple[str, AttributeValue | None]] = {
    "a field is missing": ("title", None),
    "a field is of another type": ("amount", {"S": "many"}),
    "a part is of another type": ("address", {"L": []}),
    "the version is missing": ("_v", None),
    "the version is no number": ("_v", {"S": "two"}),
    "the write id is missing": ("_w", None),
    "the creation is missing": ("_c", None),
    "the update is no time": ("_u", {"S": "yesterday"}),
}
"""What can be wrong with a row: the attribute, and what becomes of it."""

each_poison = pytest.mark.parametrize(("name", "value"), POISONS.values(), ids=POISONS.keys())


def _bomb() -> bytes:
    """Return what fits into an item and unpacks to 100 MB."""
    packer = zlib.compressobj(9)
    spaces = b" " * 1024 * 1024
    return b"".join([*(packer.compress(spaces) for _ in range(100)), packer.flush()])


class CorruptionContract(RepositoryFixtures):
    """What corrupt rows do, and what they do not."""

    @each_poison
    def test_getting_a_corrupt_row_names_it(
        self,
        table: Table,
        repository: Repository[Sample],
        model: type[Sample],
        name: str,
        value: AttributeValue | None,
    ) -> None:
        repository.add(model(resource_id="bad", title="bad"))
        spoil(table, stored_row(table, model, "bad"), name, value)
        for read in (repository.get, repository.find):
            with pytest.raises(CorruptRecordError) as corrupt:
                read("bad")
            assert (corrupt.value.type, corrupt.value.id) == (model.__name__, "bad")
            assert corrupt.value.version == (None if name == "_v" else 1)
            assert corrupt.value.reason
            assert corrupt.value.found == {}
        assert repository.exists("bad")

    @each_poison
    def test_a_page_names_corrupt_rows_and_shows_the_rest_exactly(
        self,
        table: Table,
        repository: Repository[Sample],
        model: type[Sample],
        name: str,
        value: AttributeValue | None,
    ) -> None:
        for number in range(6):
            repository.add(model(resource_id=str(number), title=str(number)))
        for bad in ("0", "2", "3", "5"):
            spoil(table, stored_row(table, model, bad), name, value)
        first = repository.list(limit=1, newest_first=False)
        second = repository.list(limit=1, cursor=first.cursor, newest_first=False)
        assert (titles(first), titles(second)) == (["1"], ["4"])
        assert first.has_more
        assert not second.has_more
        skipped = [error.id for page in (first, second) for error in page.skipped]
        assert skipped == ["0", "2", "3", "5"]
        assert {error.type for error in first.skipped} == {model.__name__}

    def test_a_page_of_nothing_but_corrupt_rows_is_empty_and_names_them(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        for number in range(3):
            repository.add(model(resource_id=str(number), title="bad"))
            spoil(table, stored_row(table, model, str(number)), "title", None)
        page = repository.list(limit=1)
        assert list(page) == []
        assert not page.has_more
        assert [error.id for error in page.skipped] == ["2", "1", "0"]

    def test_get_many_raises_with_the_good_ones_in_hand(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        samples = {name: repository.add(model(resource_id=name, title=name)) for name in "abcd"}
        for bad in "bd":
            spoil(table, stored_row(table, model, bad), "title", None)
        with pytest.raises(CorruptRecordError) as corrupt:
            repository.get_many(["a", "b", "c", "d", "nobody"])
        assert (corrupt.value.type, corrupt.value.id) == (model.__name__, "b")
        assert corrupt.value.found == {name: samples[name] for name in "ac"}

    def test_iterate_goes_through_all_others_before_it_raises(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        for number in range(4):
            repository.add(model(resource_id=str(number), title=str(number)))
        for bad in ("1", "2"):
            spoil(table, stored_row(table, model, bad), "title", None)
        seen: list[str] = []
        with pytest.raises(CorruptRecordError) as corrupt:
            seen.extend(sample.title for sample in repository.iterate(newest_first=False))
        assert seen == ["0", "3"]
        assert corrupt.value.id == "1"

    @pytest.mark.parametrize(
        ("body", "name", "value"),
        [
            # Long ones are compressed, short ones are not.
            ("again and again " * 50, "_z", {"B": b"no zlib"}),
            ("again and again " * 50, "_z", {"B": _bomb()}),
            ("again and again " * 50, "_z", {"S": "text"}),
            ("again and again " * 50, "_z", None),
            ("", "title", None),
            ("", "_w", None),
            ("", "_v", {"S": "two"}),
        ],
    )
    @pytest.mark.parametrize("limit", [None, 1, 2])
    def test_versions_name_corrupt_rows_of_the_history_and_show_the_rest(
        self,
        table: Table,
        kept: Repository[Kept],
        body: str,
        name: str,
        value: AttributeValue | None,
        limit: int | None,
    ) -> None:
        written = write(kept, 1)
        sample = kept.get("storied")
        for version in (2, 3, 4):
            sample.title, sample.body = f"version {version}", body
            kept.save(sample)
        spoil(table, stored_row(table, Kept, "storied", version=2), name, value)
        found: list[Kept] = []
        skipped: list[CorruptRecordError] = []
        cursor: str | None = None
        while cursor is not None or not found:
            page = kept.versions("storied", limit=limit, cursor=cursor)
            found += page
            skipped += page.skipped
            cursor = page.cursor
        assert [(old.version, old.title) for old in found] == [(4, "version 4"), (3, "version 3"), (1, "version 1")]
        assert found[-1] == written[0]
        assert [(error.type, error.id) for error in skipped] == [("Kept", "storied")]
        for look in (kept.get_version, kept.restore):
            with pytest.raises(CorruptRecordError) as corrupt:
                look("storied", 2)
            assert corrupt.value.id == "storied"
        assert kept.get_version("storied", 3).title == "version 3"
        assert kept.get("storied") == sample

    @each_poison
    def test_versions_name_a_corrupt_latest_row_and_show_the_rest(
        self, table: Table, kept: Repository[Kept], name: str, value: AttributeValue | None
    ) -> None:
        written = write(kept, 3)
        spoil(table, stored_row(table, Kept, "storied"), name, value)
        page = kept.versions("storied")
        assert list(page) == written[1::-1]
        assert [error.id for error in page.skipped] == ["storied"]

    def test_a_corrupt_row_can_be_restored_from_its_history(self, table: Table, kept: Repository[Kept]) -> None:
        write(kept, 2)
        spoil(table, stored_row(table, Kept, "storied"), "title", None)
        restored = kept.restore("storied", 1)
        assert restored.version == 3
        assert kept.get("storied") == restored

    @pytest.mark.parametrize("name", ["_v", "_w", "_c"])
    def test_what_the_policy_needs_is_not_guessed(self, table: Table, kept: Repository[Kept], name: str) -> None:
        write(kept, 2)
        spoil(table, stored_row(table, Kept, "storied"), name, None)
        before = stored_row(table, Kept, "storied")
        with pytest.raises(CorruptRecordError) as corrupt:
            kept.restore("storied", 1)
        assert (corrupt.value.type, corrupt.value.id) == ("Kept", "storied")
        assert stored_row(table, Kept, "storied") == before

    def test_a_corrupt_row_holds_its_id(
        self, table: Table, repository: Repository[Sample], model: type[Sample]
    ) -> None:
        repository.add(model(resource_id="bad", title="bad"))
        spoil(table, stored_row(table, model, "bad"), "_v", None)
        with pytest.raises(AlreadyExistsError):
            repository.add(model(resource_id="bad", title="new"))

    @pytest.mark.parametrize("name", ["title", "_c", "_u"])
    def test_a_corrupt_row_can_be_purged(
        self, table: Table, repository: Repository[Sample], model: type[Sample], name: str
    ) -> None:
        repository.add(model(resource_id="bad", title="bad"))
        spoil(table, stored_row(table, model, "bad"), name, None)
        repository.purge("bad")
        assert not repository.exists("bad")

    def test_corrupt_rows_of_one_type_do_not_bother_another(
        self, table: Table, plain: Repository[Plain], kept: Repository[Kept]
    ) -> None:
        plain.add(Plain(resource_id="bad", title="bad"))
        spoil(table, stored_row(table, Plain, "bad"), "title", None)
        good = kept.add(Kept(resource_id="bad", title="good"))
        assert kept.get("bad") == good
        assert list(kept.iterate()) == [good]
