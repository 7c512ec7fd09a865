"""Whether a point lies on the ground of Việt Nam: a coarse outline with a margin of about fifteen kilometres, and the islands that people live on.

It is there to notice a slip of the finger, a place in the open sea or abroad, and never to draw a border."""

from __future__ import annotations

Point = tuple[float, float]  # latitude, longitude

_MAINLAND: tuple[Point, ...] = (
    (23.45, 105.3), (23.2, 106.1), (22.95, 106.85), (22.0, 107.0), (21.75, 107.9), (21.4, 108.15), (20.75, 107.75), (20.45, 106.95),
    (19.85, 106.35), (19.0, 105.95), (18.35, 106.25), (17.95, 106.75), (17.2, 107.25), (16.6, 108.0), (16.2, 108.5), (15.5, 108.95),
    (14.3, 109.35), (13.3, 109.5), (12.4, 109.55), (11.5, 109.35), (11.0, 108.75), (10.35, 107.75), (10.1, 107.1), (9.4, 106.95),
    (8.95, 106.15), (8.4, 105.0), (8.45, 104.5), (9.7, 104.65), (10.15, 104.25), (10.55, 104.3), (11.15, 105.0), (11.2, 105.75),
    (12.0, 106.15), (12.4, 107.2), (13.7, 107.25), (14.8, 107.3), (15.6, 107.1), (16.2, 106.8), (16.9, 106.4), (17.7, 105.55),
    (18.3, 104.95), (19.2, 103.85), (19.75, 103.95), (20.2, 104.4), (20.65, 103.65), (20.75, 102.9), (21.5, 102.75), (22.35, 101.95),
    (22.65, 102.35), (22.7, 103.2), (22.95, 104.2), (23.3, 104.75),
)  # fmt: skip
# Each a middle with the reach in degrees around it.
_ISLANDS: dict[str, tuple[float, float, float]] = {
    "Bạch Long Vĩ": (20.13, 107.73, 0.15),
    "Cô Tô": (21.0, 107.77, 0.3),
    "Cồn Cỏ": (17.16, 107.34, 0.15),
    "Lý Sơn": (15.38, 109.12, 0.15),
    "Phú Quý": (10.53, 108.95, 0.15),
    "Côn Đảo": (8.69, 106.61, 0.25),
    "Phú Quốc": (10.2, 103.97, 0.4),
    "Thổ Chu": (9.3, 103.48, 0.15),
    "Hoàng Sa": (16.5, 112.0, 1.2),
    "Trường Sa": (9.5, 113.5, 3.5),
}


def on_ground(latitude: float, longitude: float) -> bool:
    """Whether somebody in Việt Nam can well mean this point, in degrees; False for the open sea, for abroad and for what is no point."""
    if any(abs(latitude - lat) <= reach and abs(longitude - long) <= reach for lat, long, reach in _ISLANDS.values()):
        return True
    inside = False
    for (lat1, long1), (lat2, long2) in zip(_MAINLAND, (*_MAINLAND[1:], _MAINLAND[0]), strict=True):
        if (lat1 > latitude) != (lat2 > latitude) and longitude < long1 + (latitude - lat1) / (lat2 - lat1) * (long2 - long1):
            inside = not inside
    return inside
