"""What the lines of `auth.log` and of mail, FTP and remote-desktop logs say: heads, forms of each daemon, tries.

`line` takes a line apart, a module a kind of daemon says what its text means (`said`), and `tries` counts each failed
log-in once, however many lines tell of it. `doubtful` knows what looks like a failure and was not understood. Pure.
"""
