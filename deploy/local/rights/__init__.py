"""Who may do what: the table of domain §2, asked of the whole site in memory, cell by cell."""
