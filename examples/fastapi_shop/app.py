"""The API put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.base import RequestResponseEndpoint

from examples.fastapi_shop import orders, people_and_stock, preconditions
from examples.fastapi_shop.errors import handle_errors
from examples.shop.container import ShopContainer

PAGE = Path(__file__).parent / "page"


def create_app(shop: ShopContainer) -> FastAPI:
    """Serve a shop. While it is served its container is the one that all routes have their services from."""

    @asynccontextmanager
    async def wired(_: FastAPI) -> AsyncIterator[None]:
        shop.wire(modules=[orders, people_and_stock, preconditions])
        yield
        shop.unwire()

    # The pages that FastAPI has for its OpenAPI load scripts from elsewhere.
    app = FastAPI(title="The shop", version="1", docs_url=None, redoc_url=None, lifespan=wired)
    app.include_router(orders.router)
    app.include_router(people_and_stock.router)
    app.mount("/page", StaticFiles(directory=PAGE))
    handle_errors(app)

    @app.get("/", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(PAGE / "index.html")

    @app.middleware("http")
    async def secure(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
