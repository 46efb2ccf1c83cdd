"""What services are given: `Repository[T]`, `Clock` and `IdFactory`. Nothing here knows where data lives."""

from sst_repo.pages import Page
from sst_repo.ports.repository import Repository
from sst_repo.ports.stamps import Clock, IdFactory

__all__ = ["Clock", "IdFactory", "Page", "Repository"]
