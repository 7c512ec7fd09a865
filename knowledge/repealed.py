"""Acts that have ended or will end on a known day. A leaflet that leans on one is to be reviewed; add a line when an act is replaced."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Repealed:
    """An act by its number, the first day on which it is no longer in force, and the act that took its place."""

    number: str
    ended: dt.date
    successor: str


def _act(number: str, day: str, successor: str) -> Repealed:
    return Repealed(number, dt.date.fromisoformat(day), successor)


# The first three: domain rules, section 1. The others: as announced with their successors, not read in an official text here;
# mend a day that proves wrong.
REPEALED: tuple[Repealed, ...] = (
    _act("61/2018/NĐ-CP", "2025-07-01", "118/2025/NĐ-CP"),
    _act("107/2021/NĐ-CP", "2025-07-01", "118/2025/NĐ-CP"),
    _act("60/2014/QH13", "2027-03-01", "03/2026/QH16"),
    _act("81/2006/QH11", "2021-07-01", "68/2020/QH14"),
    _act("26/2005/PL-UBTVQH11", "2021-07-01", "02/2020/UBTVQH14"),
    _act("136/2013/NĐ-CP", "2021-07-01", "20/2021/NĐ-CP"),
    _act("31/2013/NĐ-CP", "2022-02-15", "131/2021/NĐ-CP"),
    _act("162/2017/NĐ-CP", "2024-03-30", "95/2023/NĐ-CP"),
    _act("59/2014/QH13", "2024-07-01", "26/2023/QH15"),
    _act("23/2012/QH13", "2024-07-01", "17/2023/QH15"),
    _act("45/2013/QH13", "2024-08-01", "31/2024/QH15"),
    _act("65/2014/QH13", "2024-08-01", "27/2023/QH15"),
    _act("66/2014/QH13", "2024-08-01", "29/2023/QH15"),
    _act("46/2017/NĐ-CP", "2024-11-20", "125/2024/NĐ-CP"),
    _act("23/2008/QH12", "2025-01-01", "35/2024/QH15"),
    _act("53/2014/QH13", "2025-07-01", "46/2024/QH15"),
    _act("58/2014/QH13", "2025-07-01", "41/2024/QH15"),
    _act("115/2015/NĐ-CP", "2025-07-01", "158/2025/NĐ-CP"),
    _act("134/2015/NĐ-CP", "2025-07-01", "159/2025/NĐ-CP"),
    _act("01/2021/NĐ-CP", "2025-07-01", "168/2025/NĐ-CP"),
    _act("152/2020/NĐ-CP", "2025-08-07", "219/2025/NĐ-CP"),
    _act("38/2013/QH13", "2026-01-01", "74/2025/QH15"),
)
