"""What the emulators of DynamoDB lack: the one list of each, for the contracts that run on it."""

from sst_repo.testing.contracts.base import Lack

MOTO_LACKS = {
    "threads": Lack("transactions of several threads overwrite each other, and reads are torn", sometimes=True),
    "tokens": Lack("it ignores ClientRequestToken, so that a transaction that is sent again is decided anew"),
    "megabyte": Lack("a read ends before the row that makes a megabyte"),
    "capacity": Lack("it says 1 of every read"),
    "more at the limit": Lack("a read that stops at its limit says that there is no more where nothing follows"),
    "order of types": Lack("it fails at comparing values of different types"),
    "sizes of text": Lack("it counts characters, not UTF-16 units"),
    "sizes of anything": Lack("it fails at the size of what has none"),
    "parts of binaries": Lack("it compares the Base64 of binaries"),
    "largest item": Lack("it counts more for an item than DynamoDB does"),
    "types of index keys": Lack("it takes any type but NULL as the key of an index, in a transaction NULL as well"),
    "segments of start keys": Lack("it takes a start key of any segment"),
}

DYNAMODB_LOCAL_LACKS = {
    "megabyte before the filter": Lack("a query goes on until what it found makes a megabyte"),
    "capacity of transactions": Lack("it takes four times one of the rows, and so of each index"),
    "capacity of nothing": Lack("it says 0 of a read that finds nothing, where DynamoDB has a minimum"),
}
