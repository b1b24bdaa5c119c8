"""A line of notation to layers."""
