"""What things look like: colour spaces, themes, scales, which weight has which colour, and what a legend says of it."""
