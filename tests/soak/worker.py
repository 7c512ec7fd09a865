"""`motcua run` as a process of its own, to be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
START_SECONDS = 240


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Worker:
    """`start` returns when the page answers."""

    folder: Path
    settings: dict[str, str]
    port: int = field(default_factory=a_free_port)
    process: asyncio.subprocess.Process | None = None
    ready: bool = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        own = {"MOTCUA_DATA": str(self.folder), "MOTCUA_HTTP": f"127.0.0.1:{self.port}", "PYTHONPATH": str(ROOT), **self.settings}
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"stderr-{self.port}").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=self.folder, env={**os.environ, **own}, stdout=asyncio.subprocess.DEVNULL, stderr=log
            )
        async with asyncio.timeout(START_SECONDS), httpx.AsyncClient() as http:
            while not await self._well(http):
                assert self.process.returncode is None, self.log
                await asyncio.sleep(0.05)
        self.ready = True

    async def _well(self, http: httpx.AsyncClient) -> bool:
        try:
            return (await http.get(f"{self.address}/health", timeout=5)).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def log(self) -> str:
        return (self.folder / f"stderr-{self.port}").read_text()

    async def kill(self) -> None:
        """As the kernel does it, at once."""
        self.ready = False
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def stop(self, seconds: float = 10) -> int:
        """As systemd does it; returns the exit code. Raises TimeoutError."""
        self.ready = False
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(seconds):
            return await self.process.wait()
