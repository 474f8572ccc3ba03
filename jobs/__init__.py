"""Work that takes long and may be interrupted: where its results are kept, and who does it."""
