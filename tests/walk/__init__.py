"""Walks through the whole portal: every door for every role, and with everything a stranger may send."""
