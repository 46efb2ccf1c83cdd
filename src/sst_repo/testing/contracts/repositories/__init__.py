"""The parts of `RepositoryContract`, by subject."""
