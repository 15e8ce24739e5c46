//! Files of the workspace, for redirections and for the cmdlets that read and write them.

use std::sync::Arc;

use postern_shared::value::PsStr;

use super::{Engine, Flow, Stop};
use crate::value::{Category, Value};

impl Engine {
    /// The name of a file in the workspace: relative, without `..`; an error for any other path.
    pub(crate) fn file_name(&self, path: &str) -> Flow<PsStr> {
        let plain = path.replace('\\', "/");
        let refused = |why: &str| {
            Err(self.throw(
                "System.UnauthorizedAccessException",
                "PathNotAllowed",
                Category::PermissionDenied,
                Value::str(path),
                format!("The path '{path}' is not available: {why} Files of this console live in the session's workspace; use a relative name."),
            ))
        };
        if plain.starts_with('/') || plain.starts_with('~') {
            return refused("it is absolute.");
        }
        if plain.contains(':') {
            return refused("it names a drive.");
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in plain.split('/') {
            match part {
                "" | "." => {}
                ".." => return refused("it leads out of the workspace."),
                part if part.chars().any(char::is_control) => return refused("it has control characters."),
                part => parts.push(part),
            }
        }
        Ok(parts.join("/").into())
    }

    /// A file's content.
    pub(crate) fn read_file(&mut self, path: &str) -> Flow<Arc<[u8]>> {
        let name = self.file_name(path)?;
        self.workspace.read(&name).map_err(|_| self.no_file(path))
    }

    /// The error of a file that there is not.
    pub(crate) fn no_file(&self, path: &str) -> Stop {
        self.throw(
            "System.Management.Automation.ItemNotFoundException",
            "PathNotFound",
            Category::ObjectNotFound,
            Value::str(path),
            format!("Cannot find path '{path}' because it does not exist."),
        )
    }

    /// Writes a file.
    pub(crate) fn write_file(&mut self, path: &str, content: Vec<u8>) -> Flow<()> {
        let name = self.file_name(path)?;
        self.workspace.write(&name, content).map_err(|message| {
            self.throw(
                "System.IO.IOException",
                "WriteFailed",
                Category::WriteError,
                Value::str(path),
                message,
            )
        })
    }

    /// Writes what redirections have gathered.
    pub(super) fn write_files(&mut self, files: Vec<super::pipeline::Redirected>) -> Flow<()> {
        for (lines, path, append) in files {
            let values = std::mem::take(&mut *lines.borrow_mut());
            let mut content = if append {
                let name = self.file_name(&path)?;
                self.workspace.read(&name).map(|found| found.to_vec()).unwrap_or_default()
            } else {
                Vec::new()
            };
            for value in values {
                content.extend_from_slice(self.text_of(&value)?.as_bytes());
                content.extend_from_slice(crate::limits::NEWLINE.as_bytes());
                self.check_text(content.len())?;
            }
            self.write_file(&path, content)?;
        }
        Ok(())
    }
}
