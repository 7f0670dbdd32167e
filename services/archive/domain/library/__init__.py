"""案例库: a closed case becomes a published one after two people have looked at it, is used, ages and is withdrawn (domain §7, §9.2)."""
