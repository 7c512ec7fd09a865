"""The service under faults: real processes, killed at any moment, and everything counted at the end."""
