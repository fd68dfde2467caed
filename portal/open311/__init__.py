"""GeoReport v2: other systems read and send requests."""
