"""Tables of credit."""
