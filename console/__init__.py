"""The console room: the live page, its panels and figures, and the door in front of them."""
