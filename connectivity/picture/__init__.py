"""A graph to a scene: what is drawn, where, and in which colours."""
