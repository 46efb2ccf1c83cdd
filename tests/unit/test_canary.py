"""A canary secret is in what is stored, asked and configured; it never shows in what is logged."""

import logging
import traceback
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal

import boto3
import pytest
from botocore.config import Config
from pydantic import BaseModel, Field, field_validator

from sst_repo import (
    DynamoDBTable,
    F,
    Index,
    InMemoryTable,
    Repository,
    SstRepoError,
    TableRepository,
    Unique,
    UnitOfWork,
    VersionedResource,
    check,
)
from sst_repo.core.layout import latest_key
from sst_repo.core.records import AttributeValue, Record
from sst_repo.errors import CommitOutcomeUnknownError, ConflictError, TableUnavailableError
from sst_repo.testing.clocks import ManualClock
from sst_repo.testing.contracts.stored import plant, spoil, stored_row
from sst_repo.testing.wrappers import ScriptedTable, lost_request

CANARY = "canary-5e1f0b"
RAW: dict[str, AttributeValue] = {
    "text": {"S": CANARY},
    "list": {"L": [{"S": CANARY}]},
    "map": {"M": {"a": {"S": CANARY}}},
    "set": {"SS": [CANARY]},
    "binary": {"B": CANARY.encode()},
}


class Lock(BaseModel):
    code: str = Field(repr=False)


class Vault(VersionedResource):
    owner: str
    rank: int = 0
    token: str = Field(default="", repr=False)
    kind: Literal["a", "b"] = "a"
    pins: set[str] = Field(default_factory=set, repr=False)
    locks: list[Lock] = Field(default_factory=list, repr=False)
    data: dict[str, Any] = Field(default_factory=dict, repr=False)
    mail: str | None = Field(default=None, repr=False)
    by_owner = Index(gsi=1, partition="owner", sort="rank")
    sole_mail = Unique("mail")

    @field_validator("token")
    @classmethod
    def no_spaces(cls, value: str) -> str:
        if " " in value:
            raise ValueError(f"{value} has spaces")
        return value


class VaultUnitOfWork(UnitOfWork):
    vaults: Repository[Vault]


def vault(**values: Any) -> Vault:
    return Vault.model_validate(
        {
            "owner": "o",
            "token": CANARY,
            "pins": {CANARY},
            "locks": [{"code": CANARY}],
            "data": {"a": [CANARY]},
            **values,
        }
    )


class Scene:
    """A table with a vault, and everything that can go wrong."""

    def __init__(self) -> None:
        self.table = ScriptedTable(InMemoryTable(cursor_secret=CANARY))
        # Its clock waits in no time, where a commit is sent again.
        self.vaults = TableRepository(Vault, self.table, clock=ManualClock())
        self.vault = self.vaults.add(vault(resource_id="v", mail=CANARY))

    def read_spoilt(self, name: str, value: AttributeValue) -> None:
        spoil(self.table, stored_row(self.table, Vault, "v"), name, value)
        self.vaults.get("v")

    def storing(self, **values: Any) -> None:
        made = vault()
        for name, value in values.items():
            vars(made)[name] = value
        self.vaults.add(made)

    def stale(self) -> None:
        other = self.vaults.get("v")
        other.rank = 1
        self.vaults.save(other)
        self.vault.rank = 2
        self.vaults.save(self.vault)

    def taken_meanwhile(self) -> None:
        with VaultUnitOfWork(self.table) as unit:
            assert unit.vaults.find_by("mail", CANARY + "2") is None
            self.vaults.add(vault(mail=CANARY + "2"))
            unit.vaults.add(vault(mail=CANARY + "2"))
            unit.commit()

    def lost(self) -> None:
        self.table.follow(*[lost_request] * 50)
        self.vaults.add(vault())

    def history(self) -> None:
        for number in range(2):
            self.vault.rank = number + 1
            self.vault.data["long"] = CANARY * 100
            self.vaults.save(self.vault)
        row = stored_row(self.table, Vault, "v", version=2)
        plant(self.table, Record(row.key, {**row.attributes, "_z": {"B": CANARY.encode()}}))
        self.vaults.get_version("v", 2)

    def too_large(self) -> None:
        self.vaults.add(vault(token=CANARY * 50_000))

    def too_many(self) -> None:
        with VaultUnitOfWork(self.table) as unit:
            for number in range(101):
                unit.vaults.add(vault(mail=f"{CANARY}{number}"))
            unit.commit()

    def guard_of_nobody(self) -> None:
        guard = next(pk for pk in stored_row(self.table, Vault, "v").guards)
        row = self.table.read(latest_key(guard))
        assert row is not None
        plant(self.table, Record(row.key, {"_h": {"S": ""}, "_w": {"S": CANARY}}))
        self.vaults.get_by("mail", CANARY)


READABLE = {
    "owner": ["text"],
    "token": ["text"],
    "mail": ["text"],
    "pins": ["list", "set"],
    "data": ["map"],
    "_w": ["text"],
}
FIELDS = ("owner", "rank", "token", "kind", "pins", "locks", "data", "mail", "_t", "_v", "_w", "_c", "_u", "_z")
FAILURES: dict[str, Callable[[Scene], object]] = {
    "stale": Scene.stale,
    "taken id": lambda scene: scene.vaults.add(vault(resource_id="v")),
    "taken value": lambda scene: scene.vaults.add(vault(mail=CANARY)),
    "taken meanwhile": Scene.taken_meanwhile,
    "unknown value": lambda scene: scene.vaults.get_by("mail", CANARY + "?"),
    "guard of nobody": Scene.guard_of_nobody,
    "lost": Scene.lost,
    "history": Scene.history,
    "too large": Scene.too_large,
    "too many": Scene.too_many,
    "surrogate": lambda scene: scene.storing(token=CANARY + "\ud800"),
    "refused by a validator": lambda scene: scene.storing(token=f"{CANARY} {CANARY}"),
    "no number": lambda scene: scene.storing(rank=CANARY),
    "no literal": lambda scene: scene.storing(kind=CANARY),
    "no set": lambda scene: scene.storing(pins=[CANARY]),
    "no member": lambda scene: scene.storing(pins={CANARY + "\ud800"}),
    "no model": lambda scene: scene.storing(locks=[CANARY]),
    "no list": lambda scene: scene.storing(locks=CANARY),
    "no text": lambda scene: scene.storing(token=CANARY.encode()),
    "nothing of JSON": lambda scene: scene.storing(data={"a": {"b": Lock(code=CANARY)}}),
    "no key": lambda scene: scene.storing(owner=CANARY * 200),
    "no value to look up": lambda scene: scene.vaults.get_by("mail", (CANARY,)),
    "no condition": lambda scene: scene.vaults.list(where=CANARY),  # type: ignore[arg-type]
    "no comparison": lambda scene: scene.vaults.list(where=F.rank > CANARY),
    "no choice": lambda scene: scene.vaults.list(where=F.kind == CANARY),
    "no list of values": lambda scene: scene.vaults.list(where=F.token.is_in(CANARY)),
    "no size": lambda scene: scene.vaults.list(where=F.token.size() > CANARY),  # type: ignore[operator]
    "no truth": lambda scene: bool(F.token == CANARY),
    "no part": lambda scene: scene.vaults.list(where=F.rank.contains(CANARY)),
    "no key query": lambda scene: scene.vaults.query(Vault.by_owner(CANARY, CANARY)),
    "no sort key": lambda scene: scene.vaults.query(Vault.by_owner("o").gt(CANARY)),
    "two operators": lambda scene: Vault.by_owner(CANARY).gt(1).lt(2),
    "no cursor": lambda scene: scene.vaults.list(cursor=CANARY),
    **{
        f"{name} of {kind}": partial(Scene.read_spoilt, name=name, value=value)
        for name in FIELDS
        for kind, value in RAW.items()
        if kind not in READABLE.get(name, ())
    },
}


@pytest.fixture(autouse=True)
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever else a test is about: our loggers say nothing of the canary."""
    caplog.set_level(logging.DEBUG)
    yield
    assert not [each for each in caplog.records if each.name.startswith("sst_repo") and CANARY in each.getMessage()]


@pytest.mark.parametrize("name", FAILURES)
def test_an_error_shows_no_value_nor_do_its_causes(name: str) -> None:
    with pytest.raises(SstRepoError) as failed:
        FAILURES[name](Scene())
    error = failed.value
    assert CANARY not in "".join(traceback.format_exception(error))
    for each in chain(error):
        assert CANARY not in f"{each} {each!r} {getattr(each, '__notes__', '')}"
    if isinstance(error, ConflictError):
        assert CANARY not in repr(error.conflicts)


def test_nothing_shows_a_value_by_its_repr() -> None:
    scene = Scene()
    page = scene.vaults.list(limit=1)
    row = stored_row(scene.table, Vault, "v")
    with VaultUnitOfWork(scene.table) as unit:
        tracked = unit.vaults.get("v")
        shown: list[object] = [unit, unit.vaults, tracked]
    shown += [scene.table, scene.table.table, scene.vaults, page, scene.vaults.versions("v"), row]
    shown += [check(scene.table, Vault), scene.vaults.scan(segments=1), InMemoryTable(cursor_secret=CANARY)]
    for each in shown:
        assert CANARY not in f"{each} {each!r}"


def test_a_client_and_its_credentials_are_not_shown() -> None:
    client = boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id=CANARY,
        aws_secret_access_key=CANARY,
        aws_session_token=CANARY,
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=0.1),
    )
    table = DynamoDBTable("vaults", client=client, cursor_secret=CANARY)
    vaults = TableRepository(Vault, table, clock=ManualClock())
    assert CANARY not in f"{table} {table!r} {vaults} {vaults!r}"
    for call in (lambda: vaults.get("v"), vaults.list, lambda: vaults.add(vault())):
        with pytest.raises((TableUnavailableError, CommitOutcomeUnknownError)) as failed:
            call()
        assert CANARY not in "".join(traceback.format_exception(failed.value))
    client.close()


def test_a_cursor_has_nothing_but_the_place_in_it() -> None:
    scene = Scene()
    for _ in range(4):
        scene.vaults.add(vault())
        scene.vault.rank += 1
        scene.vaults.save(scene.vault)
    where = F.token == CANARY
    with scene.vaults.scan(segments=1, where=where) as run:
        next(run)
        cursors = [run.cursor]
    cursors += [
        scene.vaults.list(where=where, limit=1).cursor,
        scene.vaults.list(where=where, limit=1, newest_first=False).cursor,
        scene.vaults.query(Vault.by_owner("o"), where=where, limit=1).cursor,
        scene.vaults.versions("v", limit=1).cursor,
    ]
    for cursor in cursors:
        assert cursor is not None
        assert CANARY not in cursor
        assert CANARY.encode() not in decoded(cursor)


def test_a_cursor_is_not_encrypted_whoever_decodes_it_reads_the_sort_key() -> None:
    scene = Scene()
    scene.vaults.add(vault(rank=777))
    cursor = scene.vaults.query(Vault.by_owner("o"), limit=1, descending=True).cursor

    assert cursor is not None
    assert b"777" in decoded(cursor)


def decoded(cursor: str) -> bytes:
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
