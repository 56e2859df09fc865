#!/usr/bin/env python3
"""What Python's calendar says of every day that the record may hold: a line each, which tests/unit/test_days.c holds ours to.

    DATE ORDINAL WORKED MONTHS ID

WORKED: 1 or 0 by templates/base/holidays.xml, - in a year that it does not know. MONTHS: whole ones since 2000-02-29 (negative before).
ID: the number of a citizen born that day, for the years from 1900 to 2100; else -.
"""
import datetime
import os
import sys
import xml.etree.ElementTree as ET

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIRST, LAST = datetime.date(1000, 1, 1), datetime.date(2999, 12, 31)
WEIGHTS = [2 ** (17 - i) for i in range(17)]
FROM = datetime.date(2000, 2, 29)


def workdays():
    """{day: worked} of all years known."""
    known = {}
    for year in ET.parse(os.path.join(ROOT, "templates/base/holidays.xml")).getroot().iter("year"):
        day = datetime.date(int(year.get("value")), 1, 1)
        while day.year == int(year.get("value")):
            known[day] = day.weekday() < 5
            day += datetime.timedelta(1)
        for span in year.iter("range"):
            day = datetime.date.fromisoformat(span.get("from"))
            while day <= datetime.date.fromisoformat(span.get("to")):
                known[day] = span.get("kind") == "work"
                day += datetime.timedelta(1)
    return known


def months(day):
    """The most n for which the day n months after the earlier of the two is not after the later."""
    a, b = min(FROM, day), max(FROM, day)
    n = (b.year - a.year) * 12 + b.month - a.month
    while n > 0 and (a.year + (a.month - 1 + n) // 12, (a.month - 1 + n) % 12 + 1, a.day) > (b.year, b.month, b.day):
        n -= 1
    return n if a == FROM else -n


def identity(day):
    """GB 11643: the weighted sum of all 18 is 1 modulo 11, X being 10."""
    head = f"110105{day.isoformat().replace('-', '')}{day.toordinal() % 1000:03}"
    rest = sum(int(d) * w for d, w in zip(head, WEIGHTS)) % 11
    return head + "0123456789X"[(1 - rest) % 11]


def main():
    worked = workdays()
    for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1):
        day = datetime.date.fromordinal(ordinal)
        sys.stdout.write(f"{day.isoformat()} {ordinal} {int(worked[day]) if day in worked else '-'} {months(day)} "
                         f"{identity(day) if 1900 <= day.year <= 2100 else '-'}\n")


if __name__ == "__main__":
    main()
