"""Staff: accounts, roles, signing in, the audit log."""
