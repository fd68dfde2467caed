"""Keep with each draw which sites had to be in it.

Anybody who repeats a draw has to leave these out of the lots, and the register may have changed since. Draws made
before are completed from what was drawn: the sites that must be checked stand first, and the rest are the lowest lots.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and fill it in for earlier draws."""
    op.add_column("board_inspection", sa.Column("must_keys", sa.JSON(), server_default="[]", nullable=False))
    table = sa.table(
        "board_inspection",
        sa.column("id", sa.Integer),
        sa.column("seed", sa.String),
        sa.column("pool", sa.JSON),
        sa.column("site_keys", sa.JSON),
        sa.column("must_keys", sa.JSON),
    )
    rows = op.get_bind().execute(sa.select(table).where(table.c.seed != "")).all()
    for row in rows:
        drawn, pool = list(row.site_keys or []), list(row.pool or [])
        op.execute(table.update().where(table.c.id == row.id).values(must_keys=drawn[: _must(row.seed, pool, drawn)]))


def _must(seed: str, pool: list[str], drawn: list[str]) -> int:
    """How many of the first are no lots: the fewest with which the rest are the lowest ones."""
    lots = sorted(pool, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).hexdigest())
    for count in range(len(drawn) + 1):
        rest = [key for key in lots if key not in set(drawn[:count])]
        if rest[: len(drawn) - count] == drawn[count:]:
            return count
    return len(drawn)


def downgrade() -> None:
    """Forget them again."""
    op.drop_column("board_inspection", "must_keys")
