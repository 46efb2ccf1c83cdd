"""A small shop: what a team writes on sst_repo. `python -m examples.shop` tells its story."""
