"""The list of all procedures, by field and a page at a time; and what is said where a button leads nowhere any more."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.chat import Choice, Say
from bot.turn import Reply, Turn
from knowledge.words import fold

PAGE = 8
IN_PLACE = "in"  # in the id of a choice whose menu gives way to the next one


def gone(turn: Turn) -> Reply:
    """A button that leads nowhere any more; what was begun stays begun."""
    t = turn.t
    text = t("Nút này đã cũ, nội dung của nó không còn nữa. Anh/chị chọn lại giúp tôi nhé.")
    choices = (Choice(t("Danh sách thủ tục"), "fields"), Choice(t("Trợ giúp"), "g:tro-giup"))
    return Reply((Say(text, choices=choices),), step=turn.state.step, data=turn.state.data, subject="nut-cu")


def number(text: str) -> int:
    """A number in the id of a choice, -1 for anything that no button of ours holds."""
    return int(text) if re.fullmatch("[0-9]{1,3}", text) else -1


def field_id(field: str, page: int = 0, place: str = "") -> str:
    return f"f:{fold(field).replace(' ', '-')[:40]}:{page}:{place}".rstrip(":")


async def fields(turn: Turn) -> Reply:
    """All fields as buttons, largest first."""
    t, names = turn.t, turn.knowledge.fields()
    counts = {name: sum(p.field == name for p in turn.knowledge.procedures) for name in names}
    choices = tuple(Choice(f"{name} ({counts[name]})", field_id(name, place=IN_PLACE)) for name in names)
    total = t.plural("Tôi có tờ hướng dẫn của {n} thủ tục.", "Tôi có tờ hướng dẫn của {n} thủ tục.", len(turn.knowledge.procedures))
    say = Say(total + " " + t("Anh/chị chọn lĩnh vực:"), choices=choices, replace=IN_PLACE in turn.arguments)
    return Reply((say,), subject="danh-sach-thu-tuc")


async def field_page(turn: Turn) -> Reply:
    """The procedures of a field, a page at a time."""
    t = turn.t
    slug, page_text = (*turn.arguments, "", "0")[:2]
    name = next((f for f in turn.knowledge.fields() if field_id(f).split(":")[1] == slug), "")
    found = [p for p in turn.knowledge.procedures if p.field == name]
    page = number(page_text or "0")
    if not name or not 0 <= page * PAGE < len(found):
        return gone(turn)
    shown = found[page * PAGE : (page + 1) * PAGE]
    choices = [Choice(p.label, f"p:{p.code}") for p in shown]
    choices += [Choice(t("Trang sau"), field_id(name, page + 1, IN_PLACE))] if (page + 1) * PAGE < len(found) else []
    choices += [Choice(t("Trang trước"), field_id(name, page - 1, IN_PLACE))] if page else []
    choices.append(Choice(t("Các lĩnh vực khác"), f"fields:{IN_PLACE}"))
    last = min(len(found), (page + 1) * PAGE)
    text = t("Thủ tục {first} đến {last} trong {total}. Anh/chị chọn một thủ tục:", first=page * PAGE + 1, last=last, total=len(found))
    say = Say(text, name, choices=tuple(choices), replace=IN_PLACE in turn.arguments)
    return Reply((say,), topic=replace(turn.state.topic, offered=tuple(p.code for p in shown)), subject="danh-sach-thu-tuc")
