"""The staff's front page: what waits for whom."""
