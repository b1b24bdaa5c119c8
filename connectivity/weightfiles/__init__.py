"""Files of weights, a module each format, and which of their arrays goes to which layer."""
