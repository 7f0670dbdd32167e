"""The month's seal over the ledger: what it covers, its root, a case's proof, and who changed what (状态机 20)."""
