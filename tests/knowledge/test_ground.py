"""Places in Việt Nam are on its ground; the open sea, other countries and nonsense are not."""

from __future__ import annotations

import math

import pytest

from knowledge.ground import on_ground

HERE = {
    "Hà Nội": (21.03, 105.85), "TP. Hồ Chí Minh": (10.78, 106.7), "Đà Nẵng": (16.06, 108.22), "Huế": (16.46, 107.59), "Hải Phòng": (20.86, 106.68),
    "Cần Thơ": (10.03, 105.78), "Lũng Cú": (23.37, 105.32), "Đất Mũi": (8.61, 104.73), "A Pa Chải": (22.4, 102.15), "Móng Cái": (21.52, 107.97),
    "Mũi Điện": (12.9, 109.46), "Điện Biên Phủ": (21.39, 103.02), "Lào Cai": (22.48, 103.97), "Lạng Sơn": (21.85, 106.76),
    "Cao Bằng": (22.67, 106.26),
    "Vinh": (18.68, 105.68), "Đồng Hới": (17.47, 106.62), "Lao Bảo": (16.62, 106.6), "Pleiku": (13.98, 108.0), "Buôn Ma Thuột": (12.68, 108.04),
    "Đà Lạt": (11.94, 108.44), "Nha Trang": (12.24, 109.19), "Quy Nhơn": (13.77, 109.22), "Phan Thiết": (10.93, 108.1), "Vũng Tàu": (10.35, 107.08),
    "Tây Ninh": (11.31, 106.1), "Hà Tiên": (10.38, 104.48), "Châu Đốc": (10.7, 105.12), "Rạch Giá": (10.01, 105.08), "Bạc Liêu": (9.29, 105.72),
    "Sơn La": (21.33, 103.91), "Mường Lát": (20.54, 104.6), "Kỳ Sơn": (19.4, 104.15), "Bờ Y": (14.66, 107.52), "Lộc Ninh": (11.84, 106.59),
    "Phú Quốc": (10.22, 103.96), "Côn Đảo": (8.68, 106.61), "Lý Sơn": (15.38, 109.11), "Cát Bà": (20.73, 107.05), "Cô Tô": (20.98, 107.76),
    "Phú Quý": (10.53, 108.94), "Bạch Long Vĩ": (20.13, 107.73), "Trường Sa": (8.64, 111.92), "Hoàng Sa": (16.83, 112.34),
}  # fmt: skip
ELSEWHERE = {
    "giữa Biển Đông": (13.5, 111.5), "vịnh Bắc Bộ": (19.4, 107.2), "vịnh Thái Lan": (9.0, 102.5), "số không": (0.0, 0.0), "Bangkok": (13.75, 100.5),
    "Phnom Penh": (11.56, 104.92), "Viêng Chăn": (17.97, 102.63), "Nam Ninh": (22.82, 108.37), "Pakse": (15.12, 105.8), "Paris": (48.86, 2.35),
    "đổi chỗ hai số": (105.85, 21.03), "không phải số": (math.nan, math.nan), "vô cực": (math.inf, 105.0),
}  # fmt: skip


@pytest.mark.parametrize("name", HERE)
def test_here(name: str) -> None:
    """Towns, border posts, capes and islands."""
    assert on_ground(*HERE[name])


@pytest.mark.parametrize("name", ELSEWHERE)
def test_elsewhere(name: str) -> None:
    """Open sea, neighbours, and what is no point."""
    assert not on_ground(*ELSEWHERE[name])
