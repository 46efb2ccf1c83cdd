"""What calls consumed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Consumed:
    """What calls consumed. They can be added up.

    Attributes:
        calls: How many requests there were, without those that were sent again.
        read: Read capacity units.
        write: Write capacity units, of the table and of its indexes.
        index_write: Those of them that were the indexes'.
    """

    calls: int = 0
    read: float = 0.0
    write: float = 0.0
    index_write: float = 0.0

    def __add__(self, other: "Consumed") -> "Consumed":
        """Add up."""
        return Consumed(
            self.calls + other.calls,
            self.read + other.read,
            self.write + other.write,
            self.index_write + other.index_write,
        )
