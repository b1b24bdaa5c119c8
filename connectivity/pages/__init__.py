"""Figures in documentation: what a page says, and drawings that are kept."""
