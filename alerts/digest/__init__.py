"""The weekly digest: what changed in a week, from sections that are found in `alerts.digest.sections`."""
