"""One kind of behaviour per module: what it does to the features of an honest transaction.

Each module has `BEHAVIOUR`. `simulator.traffic` finds them; a new kind is a new module and a rate in
`config/simulator.toml` when it is a fraud.
"""
