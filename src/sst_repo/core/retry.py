"""When something may be tried again, and how long to wait before.

Full jitter: the wait is drawn evenly between nothing and an exponentially growing bound. Source: M. Brooker,
"Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from dataclasses import dataclass
from math import inf

_MAX_DOUBLINGS = 1000
"""More would be too much for a float."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often to try, and how long to wait in between.

    Attributes:
        attempts: How many tries in all, the first included.
        first: The bound of the first wait, in seconds; each further bound is twice as long.
        longest: No wait is longer, in seconds.
        budget: After so many seconds no further try begins.
    """

    attempts: int
    first: float = 0.025
    longest: float = 1.0
    budget: float = inf

    def wait(self, failures: int, chance: float, elapsed: float = 0.0) -> float | None:
        """Return the seconds to wait after so many failures; None to give up.

        Args:
            failures: How many tries have failed, 1 or more.
            chance: A random number from 0 to 1.
            elapsed: The seconds since the first try began.
        """
        if failures >= self.attempts:
            return None
        wait = chance * min(self.longest, self.first * 2.0 ** min(failures - 1, _MAX_DOUBLINGS))
        return None if elapsed + wait > self.budget else wait


SENDING = Backoff(attempts=10, longest=2.0, budget=120.0)
"""How often a commit is sent until the answer is definite. The waits take 7 seconds in all at most; what takes longer
are answers that don't come (botocore gives one up after 60 seconds unless told otherwise)."""

UNPROCESSED = Backoff(attempts=10, first=0.05)
"""How often the keys of a batch are asked for that the server leaves unprocessed."""

RESEND_WITHIN = 360.0
"""So many seconds after it was first sent, a commit of unknown outcome can be sent again by hand: with the budget of
`SENDING`, and the time that the last answer takes, well within the 600 in which DynamoDB remembers its token."""
