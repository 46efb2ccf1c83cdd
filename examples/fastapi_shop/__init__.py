"""The shop as an HTTP API. `python -m examples.fastapi_shop` serves it, with some sample data."""
