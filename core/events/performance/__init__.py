"""What processes report of their own work: one kind of event a module, each a `Reported`."""
