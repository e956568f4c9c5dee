"""The page Regulators: figures of alerts and cases with their definitions."""
