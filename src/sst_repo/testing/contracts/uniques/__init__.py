"""The parts of `UniqueContract`, by subject."""
