"""The console's pages, routed by hand."""
