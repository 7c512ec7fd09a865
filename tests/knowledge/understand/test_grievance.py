"""Petition, complaint, denunciation or question: told by the words of the lexicon, asked where they leave it open."""

from __future__ import annotations

import pytest

from bot.turn import Library
from knowledge.understand.grievance import Grievance

CASES = {
    Grievance.PETITION: (
        "Rác chất đống trước cổng chợ cả tuần nay không ai dọn",
        "Cán bộ quầy 2 nói năng cộc lốc, bắt tôi đợi cả buổi",
        "Đèn đường xóm tôi tắt cả tháng rồi, làm ở đâu cũng tối om, đi lại rất khó cho người già và trẻ nhỏ, "
        "tôi đã gọi nhiều lần mà chưa ai sửa giúp",
        "Hồ sơ của tôi quá hẹn mười ngày mà không ai báo",
        "Đây không phải tố cáo, tôi chỉ muốn xã dọn rác",
        "can bo lam viec cham qua, toi doi ca buoi",
        "đường tố hữu có cái ổ gà to",
    ),
    Grievance.DENUNCIATION: ("Tôi muốn tố cáo một cán bộ địa chính", "đơn tố cáo ông A", "toi muon to cao can bo", "TỐ CÁO: cán bộ nhận tiền"),
    Grievance.MAYBE_DENUNCIATION: ("Cán bộ vòi tiền tôi hai trăm nghìn", "ở đây tham nhũng lắm", "anh ấy đòi phong bì mới làm"),
    Grievance.COMPLAINT: ("Tôi khiếu nại quyết định của ủy ban", "tôi không đồng ý với quyết định này", "toi lam don khieu nai"),
    Grievance.MAYBE_COMPLAINT: ("quyết định xử phạt nhà tôi là sai", "thu hồi đất mà không báo trước"),
    Grievance.QUESTION: ("cho tôi hỏi làm khai sinh cần giấy gì", "chứng thực bao nhiêu tiền vậy?"),
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, own in CASES.items() for text in own])
def test_told_apart(library: Library, kind: Grievance, text: str) -> None:
    """With or without accents, in whatever case."""
    assert library.understanding.grievance(text) is kind
