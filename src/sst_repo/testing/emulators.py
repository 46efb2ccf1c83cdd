"""What the emulators of DynamoDB lack: the one list of each, for the contracts that run on it."""

from sst_repo.testing.contracts.base import Lack

MOTO_LACKS = {
    "threads": Lack("transactions of several threads overwrite each other, and reads are torn", sometimes=True),
    "tokens": Lack("it ignores ClientRequestToken, so that a transaction that is sent again is decided anew"),
}

DYNAMODB_LOCAL_LACKS: dict[str, Lack] = {}
