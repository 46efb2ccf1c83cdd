"""Calls of tables in the logs."""

import logging
from dataclasses import asdict, dataclass, field

from sst_repo.observation import TableCall

_NUMBERED = ("calls", "retries", "sent", "received", "scanned", "returned", "seconds")


@dataclass(frozen=True, slots=True)
class LoggingObserver:
    """Logs each call in a line, with its numbers as fields of the log record (`extra`).

    A call that fails, or whose outcome is unknown, is a warning; so is one that takes long.

    Attributes:
        logger: Where to.
        level: The level of calls that went well.
        slow: From how many seconds on a call is a warning; None for never.
    """

    logger: logging.Logger = field(default_factory=lambda: logging.getLogger("sst_repo.calls"))
    level: int = logging.DEBUG
    slow: float | None = None

    def __call__(self, call: TableCall) -> None:
        """Log a call."""
        is_slow = self.slow is not None and call.seconds >= self.slow
        level = logging.WARNING if is_slow or call.outcome in {"failed", "unknown"} else self.level
        if not self.logger.isEnabledFor(level):
            return
        where = call.table if call.index is None else f"{call.table}.{call.index}"
        self.logger.log(
            level,
            "%s %s %s: %s in %.1f ms, %d of %d rows, %g read and %g write units, %d retries",
            call.operation,
            where,
            ",".join(call.types) or "-",
            call.outcome if call.error is None else f"{call.outcome} ({call.error})",
            call.seconds * 1000,
            call.returned,
            call.scanned,
            call.consumed.read,
            call.consumed.write,
            call.retries,
            extra=_fields(call),
        )


def _fields(call: TableCall) -> dict[str, object]:
    """Return the call as fields of a log record, which has names of its own that they must not take."""
    facts = {
        "operation": call.operation,
        "table": call.table,
        "types": list(call.types),
        "index": call.index,
        "outcome": call.outcome,
        "error": call.error,
        **{name: getattr(call, name) for name in _NUMBERED},
        **{f"{name}_units": units for name, units in asdict(call.consumed).items() if name != "calls"},
    }
    return {f"db_{name}": fact for name, fact in facts.items()}
