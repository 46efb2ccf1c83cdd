"""How a class is listed: `Listing`."""

from typing import Final

from sst_repo.errors import ModelError
from sst_repo.indexes import is_count

UNSHARDED: Final = 1


class Listing:
    """How the listing by last update of a class is stored.

    ```python
    class Reading(Resource):
        ...
        listing = Listing(shards=8)
    ```

    The listing of a type is one partition of an index, which takes up to 1,000 write units a second; what is written
    faster is throttled. With `shards` the writes spread over so many partitions, by id, and `list` merges them in
    order: at the price of one read of each for a page.

    Shards can be added to a class that has stored resources, never taken away: what is stored in one that is not read
    any more is not listed until it is next written. Subclasses inherit it; a class that sets `ignored_types` in its
    `model_config` must name `Listing` there again.

    Source: DynamoDB Developer Guide, "Using write sharding to distribute workloads evenly".

    Args:
        shards: How many partitions, from 1 on.

    Raises:
        ModelError: The number is below 1.
    """

    def __init__(self, *, shards: int = UNSHARDED) -> None:
        """Take the number of shards."""
        if not is_count(shards):
            raise ModelError(f"a listing has 1 shard or more, not shards={shards!r}")
        self.shards = shards

    def __repr__(self) -> str:
        """Show what is declared."""
        return f"Listing(shards={self.shards})"
