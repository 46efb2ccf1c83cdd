"""Each role is allowed what the library calls and nothing else, on a table that its CloudFormation template makes.

Every method of the ports is called; what that asks of DynamoDB must be what the role's policy says, by resource.
"""

from collections.abc import Callable, Iterator
from inspect import isfunction
from typing import TYPE_CHECKING, Any

import pytest

from sst_repo import (
    DynamoDBTable,
    Index,
    Repository,
    Resource,
    Table,
    TableRepository,
    Unique,
    UnitOfWork,
    VersionedResource,
    check,
)
from sst_repo.ids import ULIDS
from sst_repo.provisioning import Role, cloudformation, gsis_of, policy
from sst_repo.tables.dynamodb import administration
from sst_repo.testing.contracts.stored import spoil, stored_row
from tests.contract.calls import Calls
from tests.unit.provisioning.meaning import read_cloudformation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/permissions"

IN_TRANSACTIONS = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}


class Invoice(VersionedResource):
    customer: str
    number: int
    by_customer = Index(gsi=2, partition="customer", collection="customer")
    by_number = Unique("number")


class Contact(Resource):
    customer: str
    by_customer = Index(gsi=2, partition="customer", collection="customer")


MODELS: list[type[Resource]] = [Invoice, Contact]


class Office(UnitOfWork):
    invoices: Repository[Invoice]
    contacts: Repository[Contact]


def needed(name: str, params: dict[str, Any]) -> set[tuple[str, str]]:
    """The permissions that a call takes: action and resource."""
    if name == "TransactWriteItems":
        kinds = {kind for action in params["TransactItems"] for kind in action}
        return {(f"dynamodb:{IN_TRANSACTIONS[kind]}", ARN) for kind in kinds}
    resource = f"{ARN}/index/{params['IndexName']}" if "IndexName" in params else ARN
    return {(f"dynamodb:{name}", resource)}


def allowed(role: Role) -> set[tuple[str, str]]:
    """The permissions that a role has."""
    statements = policy(MODELS, role, table_arn=ARN)["Statement"]
    return {(action, resource) for each in statements for action in each["Action"] for resource in each["Resource"]}


@pytest.fixture
def table(moto_client: "DynamoDBClient") -> Iterator[DynamoDBTable]:
    """A table that is made of the template, property by property."""
    name = f"test-{ULIDS.new_id()}"
    template = read_cloudformation(cloudformation(MODELS, table_name=name))
    moto_client.create_table(**template["Resources"]["Table"]["Properties"])
    table = DynamoDBTable(name, moto_client, gsis=gsis_of(MODELS))
    yield table
    if table.exists():
        table.delete()


@pytest.fixture
def taken(table: DynamoDBTable) -> Iterator[Callable[[], set[tuple[str, str]]]]:
    """Tells which permissions the calls since it was last asked have taken."""
    calls = Calls()
    events = table.client.meta.events
    events.register("provide-client-params.dynamodb", calls.note)
    yield lambda: {permission for call in calls.details() for permission in needed(*call)}
    events.unregister("provide-client-params.dynamodb", calls.note)


def read_all(table: Table, invoice: str, contact: str) -> set[str]:
    """Call whatever reads, and return the names of the methods of `Repository` that do."""
    invoices, contacts = TableRepository(Invoice, table), TableRepository(Contact, table)
    reading: dict[str, Callable[[], object]] = {
        "get": lambda: invoices.get(invoice),
        "find": lambda: contacts.find(contact),
        "get_by": lambda: invoices.get_by("number", 1),
        "find_by": lambda: invoices.find_by("number", 99),
        "exists": lambda: contacts.exists(contact),
        "get_many": lambda: contacts.get_many([contact, "none"]),
        "versions": lambda: list(invoices.versions(invoice)),
        "get_version": lambda: invoices.get_version(invoice, 1),
        "list": lambda: [*invoices.list(newest_first=False, limit=1), *contacts.list()],
        "query": lambda: contacts.query(Contact.by_customer("ada")),
        "iterate": lambda: list(invoices.iterate()),
        "explain": lambda: invoices.explain(Invoice.by_customer("ada")),
        "scan": lambda: list(invoices.scan(segments=2)),
        "count": lambda: contacts.count(Contact.by_customer("ada")),
    }
    for read in reading.values():
        read()
    table.collection("customer", "ada")
    with Office(table) as office:
        office.invoices.get(invoice)
        office.contacts.list()
    assert check(table, *MODELS).ok
    return set(reading)


def write_all(table: Table) -> set[str]:
    """Call whatever writes, and return the names of the methods of `Repository` that do."""
    invoices, contacts = TableRepository(Invoice, table), TableRepository(Contact, table)
    invoice = invoices.add(Invoice(customer="ada", number=1))
    contact = contacts.add(Contact(customer="ada"))
    assert contacts.add_many([Contact(customer="bob"), Contact(customer="eve")]).is_complete
    invoice.number = 2
    invoices.save(invoice)
    contact.customer = "bob"
    contacts.save(contact)
    contacts.save(Contact(resource_id=contact.resource_id, version=2, customer="ada"))
    invoices.delete(invoice)
    invoices.restore(invoice.resource_id, 1)
    contacts.delete(contacts.get(contact.resource_id))
    invoices.purge(invoice.resource_id)
    long_lived = invoices.add(Invoice(customer="ada", number=3))
    for number in range(4, 110):
        long_lived.number = number
        invoices.save(long_lived)
    invoices.purge(long_lived.resource_id)  # in several calls, of which the first checks
    with Office(table, isolation="serializable") as office:
        office.contacts.add(Contact(customer="ada"))
        office.invoices.find("none")
        office.commit()
    spoilt = contacts.add(Contact(customer="ada"))
    spoil(table, stored_row(table, Contact, spoilt.resource_id), "gsi2pk", {"S": "elsewhere"})
    assert check(table, *MODELS, repair=True).ok
    return {"add", "add_many", "save", "delete", "restore", "purge"}


def test_readers_and_writers_are_allowed_what_the_repositories_call_and_nothing_else(
    table: DynamoDBTable, taken: Callable[[], set[tuple[str, str]]]
) -> None:
    invoice = TableRepository(Invoice, table).add(Invoice(customer="ada", number=1))
    contact = TableRepository(Contact, table).add(Contact(customer="ada"))
    taken()

    reading = read_all(table, invoice.resource_id, contact.resource_id)
    for_reading = taken()
    TableRepository(Invoice, table).purge(invoice.resource_id)
    writing = write_all(table)
    for_writing = taken()

    assert reading | writing == {name for name, member in vars(Repository).items() if isfunction(member)}
    assert for_reading == allowed("reader")
    assert for_reading | for_writing == allowed("writer")
    assert for_writing - for_reading == allowed("writer") - allowed("reader")


def test_admins_are_allowed_what_it_takes_to_manage_the_table_too(
    table: DynamoDBTable, taken: Callable[[], set[tuple[str, str]]]
) -> None:
    table.delete()
    assert not table.exists()
    table.create(if_not_exists=True)
    assert table.exists()
    administration.let_expire(table, "expires")
    administration.make_recoverable(table)
    assert administration.state_of(table).gsis == (2,)
    assert administration.expiry_of(table) == "expires"
    assert administration.is_recoverable(table) is True

    assert taken() == allowed("admin") - allowed("writer")
