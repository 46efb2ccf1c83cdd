"""What must hold of an order for a request to be done: `If-Match`, `If-None-Match`."""

from typing import Annotated, TypeAlias

from dependency_injector.wiring import Provide, inject
from fastapi import Depends, Header, HTTPException
from pydantic.json_schema import SkipJsonSchema

from examples.fastapi_shop.etags import EntityTags
from examples.shop.container import ShopContainer
from examples.shop.services import OrderDesk

# Left out or a text: a header can't be null.
Tags: TypeAlias = str | SkipJsonSchema[None]

IfMatch = Annotated[Tags, Header(description='The version to start from, such as `"3"`.')]
IfNoneMatch = Annotated[Tags, Header(description='The version one has already, such as `"3"`.')]


def tags_of(header: str) -> EntityTags:
    try:
        return EntityTags(header)
    except ValueError as error:
        raise HTTPException(400, str(error)) from error


@inject
def expected_version(
    order_id: str,
    desk: Annotated[OrderDesk, Depends(Provide[ShopContainer.order_desk])],
    if_match: IfMatch = None,
) -> int | None:
    """Return the version that the change is meant for; None if it is meant for any.

    The service compares it, when it has read the order anyway. Only of several tags it must be found here which of
    them is meant; and a tag that can be no version matches none.
    """
    if if_match is None:
        raise HTTPException(428, "Say by If-Match which version is to be changed: the ETag of what you have seen.")
    tags = tags_of(if_match)
    if tags.any or tags.only_version:
        return tags.only_version
    version = desk.get(order_id).version
    if not tags.match(version):
        raise HTTPException(412, f"The order is at version {version}.")
    return version


ExpectedVersion = Annotated[int | None, Depends(expected_version)]
