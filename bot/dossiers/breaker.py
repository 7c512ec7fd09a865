"""A circuit breaker: a system that fails again and again is left in peace for a while, and its askers need not wait for it."""

from __future__ import annotations

from collections.abc import Callable

FAILURES = 5
REST_SECONDS = 30.0


class Breaker:
    """Counts failures that follow one another. It lives in memory: each worker learns for itself, and a restart begins afresh."""

    def __init__(self, timer: Callable[[], float], failures: int = FAILURES, rest: float = REST_SECONDS) -> None:
        self._timer, self._most, self._rest = timer, failures, rest
        self._failed, self._until = 0, 0.0

    def open(self) -> bool:
        """Whether nothing may be asked now. After the rest one asker may try; the others go on waiting for how that ends."""
        if self._failed < self._most:
            return False
        if self._timer() < self._until:
            return True
        self._until = self._timer() + self._rest
        return False

    def went_well(self) -> None:
        self._failed = 0

    def failed(self) -> None:
        self._failed += 1
        if self._failed >= self._most:
            self._until = self._timer() + self._rest
