"""One opened transaction: on a page of its own, beside a list, in the drawer."""
