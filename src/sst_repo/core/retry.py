"""When something may be tried again, and how long to wait before.

Full jitter: the wait is drawn evenly between nothing and an exponentially growing bound. Source: M. Brooker,
"Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

import math
from dataclasses import dataclass

_MAX_DOUBLINGS = 1000
"""More would be too much for a float."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often to try, and how long to wait in between.

    Attributes:
        attempts: How many tries in all, the first included.
        first: The bound of the first wait, in seconds; each further bound is twice as long.
        longest: No wait is longer, in seconds.
        seconds: After so many nothing is tried again, but for once.
    """

    attempts: int
    first: float = 0.025
    longest: float = 1.0
    seconds: float = math.inf

    def wait(self, failures: int, chance: float, elapsed: float = 0.0) -> float | None:
        """Return the seconds to wait after so many failures; None to give up.

        Args:
            failures: How many tries have failed, 1 or more.
            chance: A random number from 0 to 1.
            elapsed: The seconds since the first try began.
        """
        if failures >= self.attempts or (failures > 1 and elapsed >= self.seconds):
            return None
        return chance * min(self.longest, self.first * 2.0 ** min(failures - 1, _MAX_DOUBLINGS))


CONTENTION = Backoff(attempts=6, seconds=30.0)
"""A busy table is given up after waits of three quarters of a second in all, at most."""

LOST = Backoff(attempts=10, longest=2.0, seconds=30.0)
"""How often a commit is sent again whose answer was lost: waits of eight seconds in all, at most. Once even if the
first answer took all the time: a lost answer is often noticed by a timeout."""

UNPROCESSED = Backoff(attempts=10, longest=2.0)
"""How often keys are asked for again that a batch was answered without: waits of eight seconds in all, at most."""

RESENDABLE_SECONDS = 480.0
"""How long after it was made a plan may be sent again. DynamoDB remembers a token for 600: sent later, it would be
applied twice. What is left is for clocks and answers that are slow."""
