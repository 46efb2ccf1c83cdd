"""The table in memory."""

from sst_repo.tables.memory.table import InMemoryTable

__all__ = ["InMemoryTable"]
