//! The files of a session's workspace, over HTTP with the session's cookie.
//!
//! `GET /api/files/SESSION` is [`WorkspaceFiles`] as JSON. `GET /api/files/SESSION/NAME` is a file, as an attachment,
//! where downloads are allowed; `PUT` writes one and `DELETE` removes one, from the relay's own page only.
//! `GET /api/preview/SESSION/NAME` is the beginning of a text ([`Preview`]). Names may have folders: `data/grants.csv`.
//! What is refused is a 4xx with a [`Failure`](super::Failure).

use serde::{Deserialize, Serialize};

/// What a workspace holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceFiles {
    /// The files, by name.
    pub files: Vec<WorkspaceFile>,
    /// Bytes in use, of contents and names.
    pub used: u64,
    /// Bytes that there is room for.
    pub most: u64,
}

/// A file of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceFile {
    /// Its name, with folders: `data/grants.csv`.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was written, in UTC: `2026-03-02 09:14:05`.
    pub written: String,
}

/// The beginning of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Its text; `None` for what is no text.
    pub text: Option<String>,
    /// Whether there is more.
    pub is_cut: bool,
}
