"""Browsing without typing: every procedure is reached by buttons alone."""

from __future__ import annotations

import pytest

from bot.turn import Library
from tests.citizen import Citizen
from tests.handlers.conftest import Meet

PLACES = ("Trang sau", "Trang trước", "Các lĩnh vực khác")


async def test_fields(citizen: Citizen, library: Library) -> None:
    """The fields come largest first, each with its number of procedures."""
    await citizen.says("/thutuc")
    citizen.hears_only(f"Tôi có tờ hướng dẫn của {len(library.knowledge.procedures)} thủ tục. Anh/chị chọn lĩnh vực:")
    sizes = [int(label.rsplit("(", 1)[1].rstrip(")")) for label in citizen.labels]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == len(library.knowledge.procedures)


async def test_every_procedure_is_reached(citizen: Citizen, library: Library) -> None:
    """From the list of fields, page by page, there is a button to every leaflet."""
    await citizen.says("/thutuc")
    reached = set()
    for field in citizen.buttons:
        await citizen.presses_id(field.id)
        while True:
            reached |= {button.id for button in citizen.buttons if button.label not in PLACES}
            if "Trang sau" not in citizen.labels:
                break
            await citizen.presses("Trang sau")
    assert reached == {f"p:{p.code}" for p in library.knowledge.procedures}


@pytest.mark.parametrize("channel", ["web", "zalo_bot"])
async def test_pages(meet: Meet, channel: str) -> None:
    """A field goes on to its next page and back, and returns to the fields."""
    citizen = meet(channel)
    await citizen.says("/thutuc")
    await citizen.presses("Hộ tịch (28)")
    citizen.hears("Hộ tịch", "Thủ tục 1 đến 8 trong 28. Anh/chị chọn một thủ tục:")
    await citizen.presses("Trang sau")
    citizen.hears("Thủ tục 9 đến 16 trong 28.")
    await citizen.presses("Trang trước")
    citizen.hears("Thủ tục 1 đến 8 trong 28.")
    assert "Trang trước" not in citizen.labels
    await citizen.presses("Các lĩnh vực khác")
    citizen.hears("Anh/chị chọn lĩnh vực:")


async def test_last_page(citizen: Citizen) -> None:
    """The last page says how many are left and has no next one."""
    await citizen.presses_id("f:ho-tich:3")
    citizen.hears("Thủ tục 25 đến 28 trong 28.")
    assert "Trang sau" not in citizen.labels


async def test_menu_gives_way_to_menu(meet: Meet) -> None:
    """Where a message can be edited a page takes the place of the page before, but never of a leaflet or a greeting."""
    citizen = meet("telegram")
    await citizen.starts()
    await citizen.presses("Danh sách thủ tục")
    assert citizen.reply[0].replace == ""
    await citizen.presses("Hộ tịch (28)")
    assert citizen.reply[0].replace == "the pressed message"
    await citizen.presses("Đăng ký kết hôn")
    assert citizen.reply[0].replace == ""
    await citizen.presses("Chọn đúng trường hợp của tôi")
    assert citizen.reply[0].replace == ""
    await citizen.presses("Đến nộp tại quầy")
    assert citizen.reply[0].replace == "the pressed message"
    await citizen.presses_id("m:1.000894")
    await citizen.presses("Các thủ tục Hộ tịch")
    assert citizen.reply[0].replace == ""


@pytest.mark.parametrize("id_", ["f:ho-tich:9", "f:ho-tich:-1", "f:ho-tich:²", "f:khong-co:0", "f", "f:", "f:ho-tich:" + "9" * 40])
async def test_pages_that_are_not_there(citizen: Citizen, id_: str) -> None:
    """A page that does not exist is an outdated button."""
    await citizen.presses_id(id_)
    citizen.hears_only("Nút này đã cũ, nội dung của nó không còn nữa. Anh/chị chọn lại giúp tôi nhé.")
    citizen.sees("Danh sách thủ tục", "Trợ giúp")
