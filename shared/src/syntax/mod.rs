//! The PowerShell language: lexer, parser and tree.
