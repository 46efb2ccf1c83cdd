"""What is told of speed and cost, one module a chapter."""
