"""The ledger: what it keeps, when it locks, who may read it."""
