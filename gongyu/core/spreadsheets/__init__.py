"""Spreadsheets as people have them: open, find the table, read the cells, mark faults, write.

Knows nothing of what a table is about: whoever reads one names its columns and how each cell is
read. Nothing here needs a database.
"""

from .faults import CellFault, Fault, Notes, UnreadableFile
from .grid import Grid, Workbook, address
from .marking import mark_faults
from .opening import open_workbook
from .readers import Read, Unreadable, read_date, read_number, read_place, read_prose, read_text
from .rows import RowReader
from .tables import Column, Row, Table, find_table
from .values import Broken, Value, fold, shown
from .writing import Sheet, neutral, write_workbook

__all__ = [
    "Broken",
    "CellFault",
    "Column",
    "Fault",
    "Grid",
    "Notes",
    "Read",
    "Row",
    "RowReader",
    "Sheet",
    "Table",
    "Unreadable",
    "UnreadableFile",
    "Value",
    "Workbook",
    "address",
    "find_table",
    "fold",
    "mark_faults",
    "neutral",
    "open_workbook",
    "read_date",
    "read_number",
    "read_place",
    "read_prose",
    "read_text",
    "shown",
    "write_workbook",
]
