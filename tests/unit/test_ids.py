"""Ids: ULIDs, each greater than the one before, whatever threads, clocks and processes do."""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import ulid

from sst_repo import IdFactory
from sst_repo.ids import ULIDS, UlidFactory

CROCKFORD = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def make(count: int, factory: UlidFactory = ULIDS) -> list[str]:
    return [factory.new_id() for _ in range(count)]


def test_an_id_is_a_ulid_of_the_present_moment() -> None:
    before = time.time()
    text = UlidFactory().new_id()
    after = time.time()

    assert CROCKFORD.fullmatch(text)
    assert len(text) == 26
    made = ulid.from_str(text)
    assert made.str == text
    assert before - 0.001 <= made.timestamp().timestamp <= after


def test_the_factory_is_one_of_the_ports() -> None:
    assert isinstance(ULIDS, IdFactory)


def test_ids_go_up() -> None:
    ids = make(5_000)

    assert ids == sorted(set(ids))
    assert all(map(CROCKFORD.fullmatch, ids))


def test_ids_go_up_in_every_thread_and_none_is_given_twice() -> None:
    with ThreadPoolExecutor(8) as pool:
        by_thread = list(pool.map(make, [1_000] * 8))

    for ids in by_thread:
        assert ids == sorted(ids)
    assert len({text for ids in by_thread for text in ids}) == 8_000


def test_ids_go_up_when_the_clock_stands_still_or_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    factory = UlidFactory()
    ids = list[str]()
    for now in (1_800_000_000_000, 1_800_000_000_000, 1_799_999_000_000, 1, 1_800_000_000_001, 1_800_000_001_000):
        monkeypatch.setattr(time, "time_ns", lambda now=now: now * 1_000_000)
        ids += make(50, factory)

    assert ids == sorted(set(ids))
    assert [ulid.from_str(text).timestamp().int for text in ids[::50]] == [
        1_800_000_000_000,
        1_800_000_000_000,
        1_800_000_000_000,
        1_800_000_000_000,
        1_800_000_000_001,
        1_800_000_001_000,
    ]


def test_ids_do_not_start_from_the_same_place() -> None:
    assert UlidFactory().new_id()[10:] != UlidFactory().new_id()[10:]


FORKING = """
import os, sys, time
from sst_repo.ids import ULIDS
time.time_ns = lambda: 1_800_000_000 * 10**9
ULIDS.new_id()
for child in range(4):
    if os.fork() == 0:
        lines = [ULIDS.new_id() for _ in range(500)]
        os.write(1, "".join(f"{child} {line}\\n" for line in lines).encode())
        os._exit(0)
for _ in range(4):
    assert os.wait()[1] == 0
os.write(1, "".join(f"parent {ULIDS.new_id()}\\n" for _ in range(500)).encode())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_processes_that_were_forked_do_not_share_ids() -> None:
    answer = subprocess.run([sys.executable, "-c", FORKING], check=True, capture_output=True, text=True, timeout=60)

    by_process = dict[str, list[str]]()
    for line in answer.stdout.splitlines():
        process, text = line.split()
        by_process.setdefault(process, []).append(text)
    assert {process: len(ids) for process, ids in by_process.items()} == dict.fromkeys([*"0123", "parent"], 500)
    for ids in by_process.values():
        assert ids == sorted(ids)
    assert len({text for ids in by_process.values() for text in ids}) == 2_500
