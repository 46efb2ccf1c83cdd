"""All that is read from indexes is the same where these hold keys alone, or a few fields."""

from typing import ClassVar

from sst_repo.core.projections import ProjectionChoices
from sst_repo.testing.contracts.access import AccessContract
from sst_repo.testing.contracts.base import Lack
from sst_repo.testing.contracts.repositories.corruption import CorruptionContract
from sst_repo.testing.contracts.repositories.listing import ListingContract
from tests.contract.tables import OnMemory

FIELDS = ("number", "total", "status", "customer")
LACKS = {"whole rows": Lack("the rows are read beside the entries")}


class OnKeys(OnMemory):
    lacks = LACKS
    projections: ClassVar[ProjectionChoices] = {
        "listing": "keys",
        1: "keys",
        2: "keys",
        3: "keys",
        4: "keys",
        5: "keys",
    }


class OnFields(OnMemory):
    lacks = LACKS
    projections: ClassVar[ProjectionChoices] = dict.fromkeys(OnKeys.projections, FIELDS)


class TestListingOfKeys(OnKeys, ListingContract):
    pass


class TestCorruptionBehindKeys(OnKeys, CorruptionContract):
    pass


class TestAccessByKeys(OnKeys, AccessContract):
    rows = 40


class TestAccessByFields(OnFields, AccessContract):
    rows = 40
