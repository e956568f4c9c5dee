"""Drift reports: kept ones listed, one read, two compared, and a new one asked for."""
