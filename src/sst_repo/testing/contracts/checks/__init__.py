"""The parts of `CheckContract`."""
