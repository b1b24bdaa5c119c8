"""Keras models, read from their files: a list of layers, and arrays; no code of theirs is run."""
