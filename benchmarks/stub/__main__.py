"""The stub as a process: tells its port in a line, and answers until its standard input ends."""

import argparse
import asyncio
import sys

from benchmarks.stub.process import serve


async def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.stub", description=__doc__)
    parser.add_argument("--latency", type=float, default=0, help="seconds before each answer")
    latency: float = parser.parse_args().latency
    until = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, until.set)
    await serve(latency, lambda port: print(port, flush=True), until)


asyncio.run(main())
