"""Gets a second by many threads of one process, where every answer takes 5 ms."""

import statistics
import threading
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module

from benchmarks import goals
from benchmarks.chapters.base import Chapter, Options
from benchmarks.markdown import number, table, verdict
from benchmarks.peers import boto3_client, ours
from benchmarks.peers.base import BASE
from benchmarks.peers.clients import client, new_name, new_table
from benchmarks.peers.samples import PARTITION, Row, identity, row
from benchmarks.plots import line_plot
from benchmarks.stub import StubProcess
from sst_repo import TableRepository

LATENCY = 0.005
THREADS = (1, 4, 16, 64)
SECONDS = 1.0
ROUNDS = 3

Get = Callable[[], object]


def subjects(url: str) -> dict[str, Get]:
    """Return one get of each library: the same object for all threads."""
    name = new_table(url)
    plain = client(url, connections=max(THREADS))
    plain.put_item(TableName=name, Item=boto3_client.to_item(row(0)))
    key = boto3_client.key(identity(0))
    found: dict[str, Get] = {
        BASE: lambda: boto3_client.from_item(plain.get_item(TableName=name, Key=key, ConsistentRead=True)["Item"])
    }
    found |= _of_pydynox(url, name)
    for kind, make in ours.tables().items():
        its = make(new_name(), client(url, connections=max(THREADS)))
        its.create()
        ours.stock(its, 1)
        repository = TableRepository(ours.Plain, its)
        found[kind] = partial(repository.get, identity(0))
    return found


def _of_pydynox(url: str, name: str) -> dict[str, Get]:
    try:
        its = import_module("benchmarks.peers.pydynox_models").its_client(url)
    except ImportError:  # a peer need not be installed
        return {}
    key = {"pk": PARTITION, "sk": identity(0)}
    return {"pydynox dicts": lambda: Row.model_validate(its.sync_get_item(name, key, consistent_read=True))}


def throughput(get: Get, threads: int, seconds: float) -> tuple[float, float]:
    """Return gets a second, and a second of CPU, by so many threads."""
    done = [0] * threads
    begin = threading.Barrier(threads + 1)
    ended = threading.Event()

    def work(number: int) -> None:
        get()  # connects
        begin.wait()
        while not ended.is_set():
            get()
            done[number] += 1

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    begin.wait()
    wall, cpu = time.perf_counter(), time.process_time()
    time.sleep(seconds)
    ended.set()
    gets = sum(done)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    for worker in workers:
        worker.join()
    return gets / wall, gets / cpu


def report(options: Options) -> Chapter:
    taken: dict[str, dict[int, list[tuple[float, float]]]] = {}
    with StubProcess(LATENCY) as stub:
        ready = subjects(stub.url)
        for _ in range(min(ROUNDS, options.rounds)):
            for threads in THREADS:
                for name, get in ready.items():
                    measured = throughput(get, threads, SECONDS)
                    taken.setdefault(name, {}).setdefault(threads, []).append(measured)
    return told(taken)


def told(taken: dict[str, dict[int, list[tuple[float, float]]]]) -> Chapter:
    walls = {
        name: {threads: statistics.median(wall for wall, _ in figures) for threads, figures in by_threads.items()}
        for name, by_threads in taken.items()
    }
    most = max(walls[BASE])
    rows: list[list[str]] = []
    for name, gets in walls.items():
        factor = gets[most] / walls[BASE][most]
        place = goals.transport_of(name)
        goal = None if place is None else goals.THREADS[place]
        cpu = statistics.median(cpu for _, cpu in taken[name][most])
        rows.append(
            [
                name,
                *(number(gets[threads]) for threads in gets),
                number(cpu),
                f"{factor:.1f}x",
                "" if goal is None else f"{goal}x",
                "" if goal is None else verdict(factor, goal, at_most=False),
            ]
        )
    head = ["gets a second", *map(str, walls[BASE]), f"a second of CPU, {most}", f"to boto3, {most}", "goal", ""]
    lines = {name: list(gets.items()) for name, gets in walls.items()}
    plot = line_plot("Gets a second, 5 ms of latency", "threads", "gets a second", lines)
    raw = {name: {str(threads): figures for threads, figures in its.items()} for name, its in taken.items()}
    return Chapter(table(head, rows) + "\n![Gets a second](plots/threads.svg)\n", raw, {"threads.svg": plot}, ROUNDS)
