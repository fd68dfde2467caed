"""Side-by-side measurements: the portal against a bare Starlette app that does the same queries; make bench."""
