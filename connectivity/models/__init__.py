"""Trained models of others, read as networks with their weights."""
