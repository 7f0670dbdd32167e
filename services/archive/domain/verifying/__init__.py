"""Who changed what of the ledger: documents as they lie in the store against chain, lock, seals and what was published (0038)."""
