"""The page Custom figures: what an installation measures by functions and queries of its own; and one figure's page."""
