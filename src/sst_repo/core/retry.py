"""When something may be tried again, and how long to wait before.

Full jitter: the wait is drawn evenly between nothing and an exponentially growing bound. Source: M. Brooker,
"Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

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
    """

    attempts: int
    first: float = 0.025
    longest: float = 1.0

    def wait(self, failures: int, chance: float) -> float | None:
        """Return the seconds to wait after so many failures; None to give up.

        Args:
            failures: How many tries have failed, 1 or more.
            chance: A random number from 0 to 1.
        """
        if failures >= self.attempts:
            return None
        return chance * min(self.longest, self.first * 2.0 ** min(failures - 1, _MAX_DOUBLINGS))


CONTENTION = Backoff(attempts=6)
"""A busy table is given up after waits of three quarters of a second in all, at most."""
