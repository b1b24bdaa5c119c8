"""Layers to a graph, and what a graph says: its values, its facts, its files."""
