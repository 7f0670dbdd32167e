"""The walls themselves, and the sins that must break them."""
