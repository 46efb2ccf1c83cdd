"""Customers and stock, over HTTP. Where nothing is to be decided, a repository is service enough."""

from typing import Annotated

from dependency_injector.wiring import Provide, inject
from fastapi import APIRouter, Depends, Request, Response

from examples.fastapi_shop.errors import problems
from examples.shop.container import ShopContainer
from examples.shop.domain import Customer, Stock
from examples.shop.views import CustomerView, NewCustomer, StockView
from sst_repo import Repository

router = APIRouter()

CustomersDependency = Annotated[Repository[Customer], Depends(Provide[ShopContainer.customers])]
StockDependency = Annotated[Repository[Stock], Depends(Provide[ShopContainer.stock])]


@router.post("/customers", status_code=201, tags=["customers"], responses=problems(409))
@inject
def register_customer(
    new: NewCustomer, customers: CustomersDependency, request: Request, response: Response
) -> CustomerView:
    customer = customers.add(Customer(**new.model_dump()))
    response.headers["Location"] = request.url_for("get_customer", customer_id=customer.resource_id).path
    return CustomerView.model_validate(customer)


@router.get("/customers/{customer_id}", tags=["customers"], responses=problems(404))
@inject
def get_customer(customer_id: str, customers: CustomersDependency) -> CustomerView:
    return CustomerView.model_validate(customers.get(customer_id))


@router.get("/stock/{sku}", tags=["stock"], responses=problems(404))
@inject
def get_stock(sku: str, stock: StockDependency) -> StockView:
    return StockView.model_validate(stock.get(sku))
