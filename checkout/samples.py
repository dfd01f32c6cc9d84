"""Samples (Stoffmuster): swatches by letter post, credited when the fabric is bought in time."""

from sqlmodel import Field, SQLModel


class SampleCredit(SQLModel, table=True):
    """A sample's price taken off an order; each sample is credited once. Gone when that order ends unpaid."""

    id: int | None = Field(default=None, primary_key=True)
    sample_line_id: int = Field(foreign_key="orderline.id", unique=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    cents: int
