"""The parts of `AccessContract`."""
