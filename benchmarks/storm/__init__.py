"""A storm of commits: several processes write under faults, and a checker proves that every promise was kept."""
