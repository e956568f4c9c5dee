"""What ends the start of the stack: one sentence for the person at the terminal, exit code 2."""


class StackError(Exception):
    """The stack cannot start; `str()` is a sentence that says why and what to do."""
