"""While a photo is drawn, which takes long, nobody waits for the lock of the request that brought it."""
