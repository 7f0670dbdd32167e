"""The rules of the ledger, pure: events in the order applied give the entry, its lock and its digest."""
