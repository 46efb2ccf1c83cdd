"""How the shop is put together. The table's kind is a matter of configuration; no line below depends on it."""

from dependency_injector import providers

from examples.shop.domain import Customer, Order, Stock
from examples.shop.services import Checkout, OrderDesk, ShopUnitOfWork, Warehouse
from sst_repo import Repository, TableRepository
from sst_repo.containers import PersistenceContainer


class ShopContainer(PersistenceContainer):
    table = PersistenceContainer.table
    clock = PersistenceContainer.clock

    customers: providers.Provider[Repository[Customer]] = providers.Factory(
        TableRepository[Customer], Customer, table, clock=clock
    )
    orders: providers.Provider[Repository[Order]] = providers.Factory(TableRepository[Order], Order, table, clock=clock)
    stock: providers.Provider[Repository[Stock]] = providers.Factory(TableRepository[Stock], Stock, table, clock=clock)

    unit_of_work = providers.Factory(ShopUnitOfWork, table, clock=clock)
    run_unit = providers.Callable(ShopUnitOfWork.run, table, clock=clock)

    checkout = providers.Factory(Checkout, run=run_unit.provider)
    order_desk = providers.Factory(OrderDesk, orders)
    warehouse = providers.Factory(Warehouse, stock, run=run_unit.provider)
