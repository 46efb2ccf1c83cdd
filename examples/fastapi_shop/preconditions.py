"""What must hold of an order for a request to be done: `If-Match`, `If-None-Match`."""

from typing import Annotated

from dependency_injector.wiring import Provide, inject
from fastapi import Depends, Header, HTTPException

from examples.fastapi_shop.etags import EntityTags
from examples.shop.container import ShopContainer
from examples.shop.services import OrderDesk


def tags_of(header: str) -> EntityTags:
    try:
        return EntityTags(header)
    except ValueError as error:
        raise HTTPException(400, 'An entity tag is a version in quotes, such as "3".') from error


@inject
def expected_version(
    order_id: str,
    desk: Annotated[OrderDesk, Depends(Provide[ShopContainer.order_desk])],
    if_match: Annotated[str | None, Header(description='The version to start from, such as `"3"`.')] = None,
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
