"""Everything on one machine: the broker, the store, the five services, rehearsals, the command line."""
