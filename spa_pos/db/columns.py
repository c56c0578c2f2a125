"""Columns with everything spelled out that Piccolo would otherwise choose."""

from piccolo.columns import ForeignKey, OnDelete, OnUpdate
from piccolo.table import Table


def belongs_to(table: type[Table], *, null: bool = False, index: bool = False) -> ForeignKey[Table]:
    """A foreign key that is required unless said otherwise and never cascades."""
    return ForeignKey(
        table, null=null, default=None, index=index, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict
    )
