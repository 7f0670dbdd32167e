"""Archive answers for the ledger: every event of every case, and the 台账 entry nobody can quietly edit."""
