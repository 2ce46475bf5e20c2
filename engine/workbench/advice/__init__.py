"""What a unit could still have, what it goes on losing, and the way to the next grade."""
