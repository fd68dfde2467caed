"""The settled years that a running portal asks about, written out so that no worker loads the library for them.

`holidays` costs half a second and ten megabytes in every process. The tests compare these tables with it and with
`chinesecalendar` day by day; a year that is not here is asked of the library.
Source: `holidays` 0.109, which follows the yearly notices of the State Council (部分节假日安排的通知).
"""

SETTLED: dict[int, tuple[str, str]] = {
    2024: (
        "01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 "
        "05-01 05-02 05-03 06-10 09-16 09-17 10-01 10-02 10-03 10-04 10-07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 "
        "05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}
"""Year -> weekdays that are off, and week-end days that are worked, as month-day."""
