"""Old names of commands; nothing imports them."""
