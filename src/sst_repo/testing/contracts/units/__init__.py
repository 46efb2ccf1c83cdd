"""The parts of `UnitOfWorkContract`, by subject."""
