"""A scene to bytes: DOT, Graphviz, and the finishing of SVG."""
