"""The five levels, the reasons and the commune's questions: what is asked, and the answers to choose from. Source: domain rules, section 5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.texts import n_

LEVELS = {
    5: n_("Rất hài lòng"),
    4: n_("Hài lòng"),
    3: n_("Bình thường"),
    2: n_("Không hài lòng"),
    1: n_("Rất không hài lòng"),
}
GOOD = {
    "attitude": n_("Cán bộ nhiệt tình"),
    "fast": n_("Nhanh, đúng hẹn"),
    "clear": n_("Hướng dẫn rõ ràng"),
    "place": n_("Nơi tiếp dân sạch, thuận tiện"),
}
BAD = {
    "attitude": n_("Thái độ chưa tốt"),
    "slow": n_("Phải chờ lâu"),
    "late": n_("Trễ hẹn"),
    "unclear": n_("Hướng dẫn chưa rõ"),
    "trips": n_("Đi lại nhiều lần"),
}


@dataclass(frozen=True)
class Question:
    """A question of the commune and its answers by name."""

    text: str
    answers: Mapping[str, str]


QUESTIONS = {
    "attitude": Question(n_("Thái độ của cán bộ thế nào?"), {"good": n_("Tận tình"), "fair": n_("Bình thường"), "poor": n_("Chưa tốt")}),
    "wait": Question(n_("Anh/chị có phải chờ lâu không?"), {"no": n_("Không lâu"), "some": n_("Hơi lâu"), "long": n_("Rất lâu")}),
    "time": Question(
        n_("Kết quả có được trả đúng ngày trên giấy hẹn không?"),
        {"kept": n_("Đúng hẹn"), "late": n_("Trễ hẹn"), "none": n_("Không có giấy hẹn")},
    ),
    "apology": Question(
        n_("Khi trễ, cơ quan có xin lỗi và hẹn ngày mới không?"),
        {"both": n_("Có cả hai"), "one": n_("Chỉ một trong hai"), "neither": n_("Không")},
    ),
    "place": Question(n_("Nơi tiếp dân thế nào?"), {"good": n_("Sạch, thuận tiện"), "fair": n_("Bình thường"), "poor": n_("Chưa tốt")}),
}
ONLY_LATE = "apology"


def asked(late: bool | None, answers: Mapping[str, str]) -> tuple[str, ...]:
    """The questions to ask, in order. The one about the apology only where the result was late: by the figures, where
    they say so or say no, else by the citizen's own answer."""
    is_late = answers.get("time") == "late" if late is None else late
    return tuple(name for name in QUESTIONS if is_late or name != ONLY_LATE)
