"""`./bancheng ledger`: whether anybody changed the ledger, and a proof of one case (docs/decisions/0037, 0038)."""
