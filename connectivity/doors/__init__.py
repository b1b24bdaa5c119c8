"""Thin doors: what each tool for documents says of a figure, to :mod:`connectivity.pages` and back."""
