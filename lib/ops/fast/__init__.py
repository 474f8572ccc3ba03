"""How the operations run fast: strips, rows, pixels and bands. Nothing outside :mod:`lib.ops` imports from here."""
