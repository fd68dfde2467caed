"""What the portal gives to machines as files: CSV and JSON with a dictionary."""

from portal.opendata.datasets import Dataset, find_dataset, parts_of

__all__ = ["Dataset", "find_dataset", "parts_of"]
