"""Figures that move: what each step shows of a figure, and the scenes of all of them."""
