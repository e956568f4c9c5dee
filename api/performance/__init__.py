"""How good the champion is: counted, estimated, weighted, and how long labels take."""
