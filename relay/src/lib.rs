//! Postern's relay: serves the page, holds the remote PowerShell sessions.
