"""The driver port, and a table for each place data can live."""
