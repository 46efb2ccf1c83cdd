"""Clients that nobody listens to."""

import pytest
from botocore import handlers


@pytest.fixture(autouse=True)
def without_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto, once it is imported anywhere, listens to every client that is made in the process."""
    kept = [each for each in handlers.BUILTIN_HANDLERS if not type(each[1]).__module__.startswith("moto.")]
    monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", kept)
