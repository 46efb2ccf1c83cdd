"""From errors to answers: `examples.shop.problems` decides, here it is put into HTTP and into the OpenAPI."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from examples.shop.domain import ShopError
from examples.shop.problems import MEDIA_TYPE, Problem, RequestError, invalid_request, problem_of
from examples.shop.views import ProblemView
from sst_repo import SstRepoError

_OF_ANY_ROUTE = (400, 422, 503, 504)

_logger = logging.getLogger(__name__)


def handle_errors(app: FastAPI) -> None:
    app.exception_handler(ShopError)(_domain_error)
    app.exception_handler(SstRepoError)(_domain_error)
    app.exception_handler(RequestError)(_domain_error)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(RequestValidationError)(_invalid_request)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Say which errors a route may answer with: these, and those that any may. For the OpenAPI."""
    schema = ProblemView.model_json_schema()
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in (*statuses, *_OF_ANY_ROUTE)
    }


def _domain_error(request: Request, error: Exception) -> JSONResponse:
    problem = problem_of(error, named=request.path_params.values(), conditional="if-match" in request.headers)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _logger.error("%s %s", request.method, request.url.path, exc_info=error)
    return _answer(problem)


def _http_error(_: Request, error: HTTPException) -> JSONResponse:
    return _answer(problem_of(RequestError(HTTPStatus(error.status_code), error.detail)), error.headers)


def _invalid_request(_: Request, error: RequestValidationError) -> JSONResponse:
    return _answer(invalid_request((fault["loc"], fault["msg"]) for fault in error.errors()))


def _answer(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(problem.body(), problem.status, {**problem.headers, **(headers or {})}, media_type=MEDIA_TYPE)
