"""Tables of editorial."""
