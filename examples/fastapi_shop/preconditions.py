"""What must hold of an order for a request to be done: `If-Match`, `If-None-Match`."""

from typing import Annotated, TypeAlias

from dependency_injector.wiring import Provide, inject
from fastapi import Depends, Header
from pydantic.json_schema import SkipJsonSchema

from examples.shop import etags
from examples.shop.container import ShopContainer
from examples.shop.services import OrderDesk

# Left out or a text: a header can't be null.
Tags: TypeAlias = str | SkipJsonSchema[None]

IfMatch = Annotated[Tags, Header(description='The version to start from, such as `"3"`.')]
IfNoneMatch = Annotated[Tags, Header(description='The version one has already, such as `"3"`.')]


@inject
def expected_version(
    order_id: str,
    desk: Annotated[OrderDesk, Depends(Provide[ShopContainer.order_desk])],
    if_match: IfMatch = None,
) -> int | None:
    return etags.expected_version(if_match, lambda: desk.get(order_id).version)


ExpectedVersion = Annotated[int | None, Depends(expected_version)]
