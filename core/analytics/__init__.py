"""Analytics: roll-ups of predictions by hour, and the arithmetic of their figures."""
