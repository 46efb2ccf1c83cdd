"""A DynamoDB that answers from memory at once: what is then measured is the client."""

from benchmarks.stub.process import StubProcess, StubThread

__all__ = ["StubProcess", "StubThread"]
