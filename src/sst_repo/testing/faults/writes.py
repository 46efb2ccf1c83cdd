"""What a fault makes of one write at the port."""

from collections.abc import Callable

from sst_repo.core.records import Contended, Outcome, Plan, Unknown
from sst_repo.errors import AccessDeniedError, TableUnavailableError
from sst_repo.testing.faults.kinds import Answer, Delivery, Fault, InjectedFaultError


def undergo(fault: Fault, plan: Plan, *, deliver: Callable[[Plan], Outcome], hold: Callable[[Plan], object]) -> Outcome:
    """Deliver a plan as often and when the fault says, and answer what it leaves of the answer.

    Args:
        fault: What the write meets.
        plan: The write.
        deliver: Carries it out.
        hold: Is given what is to be delivered later.

    Raises:
        AccessDeniedError: The fault says so.
    """
    cause = InjectedFaultError(fault)
    outcome: Outcome = Unknown(cause)
    match fault.delivery:
        case Delivery.NEVER:
            pass
        case Delivery.ONCE:
            outcome = deliver(plan)
        case Delivery.TWICE:
            outcome = deliver(plan)
            deliver(plan)
        case Delivery.LATE:
            hold(plan)
    match fault.answer:
        case Answer.TRUE:
            return outcome
        case Answer.LOST:
            return Unknown(cause)
        case Answer.BUSY:
            return Contended(cause)
        case Answer.DENIED:
            raise error_of(fault) from cause


def error_of(fault: Fault) -> AccessDeniedError | TableUnavailableError:
    """Return the error of a call that fails for good."""
    if fault.answer is Answer.DENIED:
        return AccessDeniedError(f"the credentials do not allow it: injected fault: {fault}")
    return TableUnavailableError(f"the server gave no answer that could be used: injected fault: {fault}")
