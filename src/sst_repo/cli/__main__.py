"""`python -m sst_repo.cli`: the same program where the script is not on the path."""

from sst_repo.cli import main

if __name__ == "__main__":
    main()
