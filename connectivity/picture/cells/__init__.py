"""Panels of several channels: layers as blocks of cells, joined by cones, with their kernels."""
