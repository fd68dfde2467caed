"""What the figures are read from: sums of cases by month and place, so that no page counts the cases of a city."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class FigureCell(Base):
    """The sums of all cases of one group, unit and district whose promise ended in one month.

    month: 2026-11.  unit, district: empty where none is named.  sums: as `Tally.packed` gives them.
    """

    __tablename__ = "figure_cell"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    group: Mapped[str] = mapped_column(String(60), primary_key=True)
    unit: Mapped[str] = mapped_column(String(60), primary_key=True)
    district: Mapped[str] = mapped_column(String(60), primary_key=True)
    sums: Mapped[dict[str, Any]] = mapped_column(JSON)


ONLY = 1


class FigureRun(Base):
    """The newest count; one row. step: the newest step of any case that it knew of.

    topics: topic → texts of late about it.  openings: (group, district, day, cases) of the last weeks.
    """

    __tablename__ = "figure_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    topics: Mapped[dict[str, int]] = mapped_column(JSON)
    openings: Mapped[list[Any]] = mapped_column(JSON)
