"""What every process shares; imports nothing of the other rooms."""
