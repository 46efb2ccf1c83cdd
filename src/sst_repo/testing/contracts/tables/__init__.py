"""The parts of `TableContract`, by subject."""
