"""The law's checklist as it was when the rules were written: ids with their severities, and the days that matter.

Copied, so that the tests hold where the checklist itself (/work/shared/law.md) is not at hand; where it is, they
compare. "E": the shop must not open while it is broken; "W": it should be mended; "EW": it has a grave and a light
side; "": nothing for a machine to check, or only to know.
"""

import re
from datetime import date
from pathlib import Path

FILE = Path("/work/shared/law.md")

SEVERITIES: dict[str, str] = {
    **dict.fromkeys(
        "A01 A02 A03 A04 A06 A07 A08 A10 A11 A13 B01 B02 B03 B04 B05 B07 B11 B12 B13 C01 C02 C03 C04 C06 C09 C10 C11 "
        "C13 D01 D02 D03 D04 D05 D06 D07 D08 D09 D10 D11 D12 D13 D15 D17 E01 E03 E04 E05 E06 E10 E11 E12 E13 E14 E16 "
        "F01 F02 F03 F04 F05 F06 F08 F09 F10 G01".split(),
        "E",
    ),
    **dict.fromkeys("A05 A09 A12 C05 C12 C15 C16 C17 D14 E08 E17 F07 G02 H06".split(), "W"),
    **dict.fromkeys("B08 B10 C07 C08".split(), "EW"),
    **dict.fromkeys("B06 B09 C14 D16 E02 E07 E09 E15 F11 G03 G04 G05 G06 H01 H02 H03 H04 H05".split(), ""),
}
OWED = {name for name, severity in SEVERITIES.items() if severity}

DAYS = (
    date(2024, 12, 13), date(2025, 1, 1), date(2025, 6, 28), date(2025, 7, 20), date(2025, 10, 7), date(2026, 6, 19),
    date(2026, 8, 12), date(2026, 9, 27), date(2026, 10, 1), date(2026, 12, 9), date(2027, 1, 1), date(2028, 1, 1),
)  # fmt: skip


def severities_told() -> dict[str, str]:
    """What the checklist itself says, id by id."""
    rows = re.findall(r"^\| ([A-H]\d\d) \|(.*)$", FILE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: "".join(sorted(set(re.findall(r"`([EW])`", row.split("|")[3])))) for name, row in rows}


def days_told() -> tuple[date, ...]:
    """The days of the checklist's sixth part."""
    part = FILE.read_text(encoding="utf-8").partition("## 6.")[2].partition("## 7.")[0]
    rows = [line for line in part.splitlines() if re.match(r"\| \d\d\.", line)]
    found = {match for row in rows for match in re.findall(r"(\d\d)\.(\d\d)\.(\d{4})", row.split("|")[1])}
    return tuple(sorted(date(int(year), int(month), int(day)) for day, month, year in found))
