"""The page Profiler: where requests spend their time, by function, and against another version or range."""
