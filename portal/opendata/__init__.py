"""What the portal gives to machines as files: CSV and JSON with a dictionary."""
