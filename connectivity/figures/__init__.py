"""Figures as files say them: panels, TOML, and its schema."""
