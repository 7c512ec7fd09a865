"""A transport for python-telegram-bot that keeps every call as it would go out, and answers as the Bot API would."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from telegram.request import BaseRequest, RequestData


@dataclass(frozen=True)
class Call:
    """A call of the Bot API, its values as they stand in the request's form."""

    method: str
    parameters: dict[str, str]


class Recorder(BaseRequest):
    """`polled` is set by the first getUpdates, which waits for an update that never comes."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.polled = asyncio.Event()

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more: Any) -> tuple[int, bytes]:
        call = Call(url.rsplit("/", 1)[1], dict(request_data.json_parameters) if request_data else {})
        self.calls.append(call)
        if call.method == "getUpdates":
            self.polled.set()
            await asyncio.Event().wait()
        return 200, json.dumps({"ok": True, "result": self._result(call)}).encode()

    def _result(self, call: Call) -> Any:
        if call.method == "getMe":
            return {"id": 123, "is_bot": True, "first_name": "Thử", "username": "thu_bot"}
        if call.method not in {"sendMessage", "editMessageText"}:
            return True
        number = int(call.parameters.get("message_id", len(self.calls)))
        chat = {"id": int(call.parameters["chat_id"]), "type": "private"}
        return {"message_id": number, "date": 1_795_000_000, "chat": chat, "text": call.parameters["text"]}
