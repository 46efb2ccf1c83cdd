"""Clients that nobody listens to."""

from collections.abc import Iterator
from functools import cache

import boto3
import pytest
from botocore import handlers


@pytest.fixture(scope="package", autouse=True)
def without_moto() -> Iterator[None]:
    """moto, once it is imported anywhere, listens to every client of every session that is made afterwards."""
    kept = [each for each in handlers.BUILTIN_HANDLERS if not type(each[1]).__module__.startswith("moto.")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handlers, "BUILTIN_HANDLERS", kept)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield


@cache
def session() -> boto3.session.Session:
    """Return a session for many clients: to make one takes long."""
    return boto3.session.Session()
