"""Faults on purpose: at a table, or on the wire in front of a DynamoDB; by script or by seed."""

from sst_repo.testing.faults.kinds import READS, WRITES, Call, Fault, InjectedFaultError
from sst_repo.testing.faults.proxy import FaultProxy
from sst_repo.testing.faults.schedules import FaultSchedule
from sst_repo.testing.faults.table import FaultyTable

__all__ = ["READS", "WRITES", "Call", "Fault", "FaultProxy", "FaultSchedule", "FaultyTable", "InjectedFaultError"]
