"""Tables as offices send them and as they want them back: CSV, .xlsx and .xls in; CSV and .xlsx out.

Reading is generous about form (merged and decorated headers, full-width digits, five spellings of a date,
GB18030) and strict about content: every fault is told with its row and column letter.
"""

from portal.core.tables.cells import Cell, cell_text, parse_date, parse_whole, parse_yes
from portal.core.tables.reading import BYTES_LIMIT, ROWS_LIMIT, Sheet, TableRefused, column_letters, read_sheet
from portal.core.tables.records import Column, Fault, Imported, Record, Records, keys_by_name, read_records
from portal.core.tables.writing import defuse, write_csv, write_xlsx

__all__ = [
    "BYTES_LIMIT",
    "ROWS_LIMIT",
    "Cell",
    "Column",
    "Fault",
    "Imported",
    "Record",
    "Records",
    "Sheet",
    "TableRefused",
    "cell_text",
    "column_letters",
    "defuse",
    "keys_by_name",
    "parse_date",
    "parse_whole",
    "parse_yes",
    "read_records",
    "read_sheet",
    "write_csv",
    "write_xlsx",
]
