"""Speeds, memory and sizes as ratios: ``make bench``."""
