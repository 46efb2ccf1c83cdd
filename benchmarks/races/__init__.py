"""Races: threads and processes at work on the same rows, under faults and kills, and checkers that judge the result."""
