"""Mangled and forged cursors, in memory. What is refused before any call is refused on every table."""

from tests.contract.hostile_cursors import ForgedCursorContract, MangledCursorContract
from tests.contract.tables import OnMemory


class TestMangledCursors(OnMemory, MangledCursorContract):
    mutations = 10_000


class TestForgedCursors(OnMemory, ForgedCursorContract):
    forgeries = 10_000
