"""Texts: how wide they are, what is italic or raised, how numbers are written."""
