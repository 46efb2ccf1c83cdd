"""What each operation costs, on moto."""

from tests.contract.calls import CallContract
from tests.contract.tables import OnMoto


class TestCalls(OnMoto, CallContract):
    pass
