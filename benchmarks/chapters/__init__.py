"""What is told of speed and cost, one module a chapter."""

CHAPTERS = ("speed", "threads", "bulk", "memory", "cost", "growth", "starts", "profile")
