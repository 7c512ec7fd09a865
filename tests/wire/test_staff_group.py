"""A staff group on Telegram over real HTTP: enrolled, told of a petition, and answering it by reply, beside a citizen on the same bot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.app import Engine
from bot.chat import Chat
from bot.petitions.rules import Rules
from bot.petitions.steps import Draft
from bot.staff import enrolment, news
from bot.staff.enrolment import Role
from bot.store import petitions
from tests.conftest import KEY
from tests.wire.node import Citizen, bot_api, missing
from tests.wire.test_telegram_http import polling

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

CODE = "PAKN-261123-0001"
TOKEN = "123:00000000000000000077"


class Clerk(Citizen):
    """Somebody who writes in a group."""

    def _chat(self) -> dict[str, Any]:
        return {"id": self.key, "title": "Tổ một cửa", "type": "supergroup"}

    def _message(self) -> dict[str, Any]:
        return {**super()._message(), "from": {"id": 7008, "is_bot": False, "first_name": "Lan", "language_code": "vi"}}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with bot_api() as address:
        yield address


async def test_a_petition_answered_in_a_group(engine: Engine, server: str) -> None:
    """The group enrols, hears of the petition with its buttons, and answers by replying to the bot; talk among people is not answered."""
    engine, group, clock = replace(engine, key=KEY), Clerk(server, TOKEN, -1007), engine.settings.clock
    async with engine.database.writing() as db:
        _, code = await enrolment.invite(db, "mau", "Tổ một cửa", Role.CLERK, KEY, clock())
    async with polling(engine, server, TOKEN):
        await group.says("xin chào cả nhà")
        await group.says(f"/nhanvien@thu_bot {code}")
        assert "Xong. Từ giờ việc mới sẽ được gửi vào đây." in (await group.hears())[0].text
        async with engine.database.writing() as db:
            draft = Draft("Đèn đường hỏng ở ngõ 5")
            made = await petitions.receive(db, KEY, Chat("mau", "web", "sender"), draft, Rules(), engine.shelf.library.calendar, clock())
        await news.deliver(engine.database, "mau", KEY, clock())
        card = (await group.hears(2))[1]
        assert dict(card.buttons)["Nhận xử lý"] == f"s:take:{CODE}"
        await group.presses(card, "Nhận xử lý")
        taken = await group.hears_edit(card)
        assert "Hiện: Tổ một cửa (Lan) đang xử lý" in taken.text
        await group.presses(taken, "Trả lời")
        prompt = (await group.hears(3))[2]
        bot = {"id": 123, "is_bot": True, "first_name": "b"}
        await group.says(
            "Đã thay bóng.", reply_to_message={"message_id": prompt.id, "date": 0, "chat": {"id": -1007, "type": "supergroup"}, "from": bot}
        )
        preview = (await group.hears(4))[3]
        await group.presses(preview, "Gửi")
        assert (await group.hears_edit(preview)).text.startswith(f"Đã gửi cho người gửi {CODE}.")
    async with engine.database.reading() as db:
        found = await petitions.find(db, KEY, made.id)
    assert found is not None
    assert found.answer == "Đã thay bóng."
    assert found.holder == "Tổ một cửa (Lan)"
