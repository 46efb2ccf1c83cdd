"""From a table of simplesingletable to one of sst_repo. `python -m examples.migrate_simplesingletable` shows it."""
