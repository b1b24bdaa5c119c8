"""Where things stand: columns, elision, branches, skips, sizes."""
