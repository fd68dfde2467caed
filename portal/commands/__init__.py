"""Commands that fill a file of their own; portal.cli names them."""
