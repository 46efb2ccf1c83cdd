"""What the emulators of DynamoDB lack: the one list of each, for the contracts that run on it."""

from sst_repo.testing.contracts.base import Lack

MOTO_LACKS = {
    "threads": Lack("transactions of several threads overwrite each other, and reads are torn", sometimes=True),
    "tokens": Lack("it ignores ClientRequestToken, so that a transaction that is sent again is decided anew"),
    "megabyte": Lack("a read ends before the row that makes a megabyte"),
    "capacity": Lack("it says 1 of every read"),
    "segments of start keys": Lack("it takes a start key of any segment"),
}

DYNAMODB_LOCAL_LACKS = {
    "megabyte before the filter": Lack("a query goes on until what it found makes a megabyte"),
    "capacity of nothing": Lack("it says 0 of a read that finds nothing, where DynamoDB has a minimum"),
}
