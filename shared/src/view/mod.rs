//! How objects become a table or a list: columns, widths, alignment, text of a cell.
