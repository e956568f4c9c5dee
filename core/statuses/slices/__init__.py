"""Where is it: the slice of attributes that explains an incident best. Pure arithmetic over counts or raw rows."""
