//! Files of the workspace, for redirections and for the cmdlets that read and write them.

use std::sync::Arc;

use postern_shared::value::{PsDateTime, PsStr};

use super::{Engine, Flow, Stop};
use crate::{
    cmdlets::out_file,
    encoding::Encoding,
    limits,
    ops::pattern::{Wildcard, has_wildcard},
    value::{Category, Value},
};

pub(crate) use crate::limits::NEWLINE as NEW_LINE;

/// A file or a folder of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its name below the workspace, with `/` between folders; empty for the workspace itself.
    pub(crate) name: PsStr,
    pub(crate) folder: bool,
    /// Length in bytes.
    pub(crate) length: u64,
    /// When it was last written, UTC.
    pub(crate) written: PsDateTime,
}

impl Entry {
    /// The last part of the name.
    pub(crate) fn leaf(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// The name of the folder that it is in; empty for the workspace itself.
    pub(crate) fn parent(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

impl Engine {
    /// The name of a file in the workspace: relative, without `..`; an error for any other path.
    pub(crate) fn file_name(&self, path: &str) -> Flow<PsStr> {
        let plain = path.trim_start_matches("FileSystem::").replace('\\', "/");
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

    /// All files and folders, sorted by their names without regard to case.
    pub(crate) fn entries(&mut self) -> Vec<Entry> {
        let mut all: Vec<Entry> = Vec::new();
        let mut folders: std::collections::BTreeMap<String, PsDateTime> =
            self.folders.iter().map(|(name, at)| (name.clone(), *at)).collect();
        for file in self.workspace.list() {
            let mut end = 0;
            while let Some(at) = file.name[end..].find('/') {
                folders.entry(file.name[..end + at].to_owned()).or_insert(file.written);
                end += at + 1;
            }
            all.push(Entry { name: file.name, folder: false, length: file.length, written: file.written });
        }
        for (name, written) in folders {
            all.push(Entry { name: name.into(), folder: true, length: 0, written });
        }
        all.sort_by_cached_key(|entry| entry.name.to_lowercase());
        all
    }

    /// The files and folders that a path means, with wildcards or without; the workspace itself for `.`.
    pub(crate) fn entries_at(&mut self, path: &str, literal: bool) -> Flow<Vec<Entry>> {
        let name = self.file_name(path)?;
        if name.is_empty() {
            let written = (self.environment.now)();
            return Ok(vec![Entry { name, folder: true, length: 0, written }]);
        }
        let entries = self.entries();
        self.steps(entries.len())?;
        if literal || !has_wildcard(&name) {
            let exact = entries.iter().find(|entry| entry.name == name);
            let found = exact.or_else(|| entries.iter().find(|entry| same_name(&entry.name, &name)));
            return Ok(found.cloned().into_iter().collect());
        }
        // A folder's name is matched part by part.
        let patterns: Vec<Wildcard> = name.split('/').map(|part| Wildcard::new(part, false)).collect();
        Ok(entries
            .into_iter()
            .filter(|entry| {
                entry.name.split('/').count() == patterns.len()
                    && entry.name.split('/').zip(&patterns).all(|(part, pattern)| pattern.matches(part))
            })
            .collect())
    }

    /// The name of the file that is there, whatever its case; the given one otherwise.
    pub(crate) fn known_name(&mut self, path: &str) -> Flow<PsStr> {
        let name = self.file_name(path)?;
        let files = self.workspace.list();
        if files.iter().any(|file| file.name == name) {
            return Ok(name);
        }
        let found = files.into_iter().find(|file| same_name(&file.name, &name));
        Ok(found.map_or(name, |file| file.name))
    }

    /// Whether there is such a file.
    pub(crate) fn has_file(&mut self, path: &str) -> Flow<bool> {
        let name = self.known_name(path)?;
        Ok(self.workspace.list().iter().any(|file| file.name == name))
    }

    /// A file's content.
    pub(crate) fn read_file(&mut self, path: &str) -> Flow<Arc<[u8]>> {
        let name = self.known_name(path)?;
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

    /// Writes a file. Its folder has to be there.
    pub(crate) fn write_file(&mut self, path: &str, content: Vec<u8>) -> Flow<()> {
        let name = self.known_name(path)?;
        let entries = self.entries();
        if name.is_empty() || entries.iter().any(|entry| entry.folder && same_name(&entry.name, &name)) {
            return Err(self.throw(
                "System.UnauthorizedAccessException",
                "FileOpenFailure",
                Category::OpenError,
                Value::str(path),
                format!("Access to the path '{path}' is denied: it is a folder."),
            ));
        }
        if let Some((folder, _)) = name.rsplit_once('/')
            && !entries.iter().any(|entry| entry.folder && same_name(&entry.name, folder))
        {
            return Err(self.throw(
                "System.IO.DirectoryNotFoundException",
                "FileOpenFailure",
                Category::OpenError,
                Value::str(path),
                format!(
                    "Could not find a part of the path '{path}'. The workspace has no folder '{folder}'; New-Item -ItemType Directory makes one."
                ),
            ));
        }
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

    /// Makes a folder and those that it is in.
    pub(crate) fn make_folder(&mut self, name: &str) -> Flow<()> {
        if self.folders.len() >= limits::MAX_FOLDERS {
            return Err(self.limit(format!("The workspace has more than {} folders.", limits::MAX_FOLDERS)));
        }
        let now = (self.environment.now)();
        let mut end = 0;
        while let Some(at) = name[end..].find('/') {
            self.folders.entry(name[..end + at].to_owned()).or_insert(now);
            end += at + 1;
        }
        self.folders.entry(name.to_owned()).or_insert(now);
        Ok(())
    }

    /// Refuses a file of that many bytes, if it is too long.
    pub(crate) fn check_file(&self, bytes: usize) -> Flow<()> {
        if bytes > limits::MAX_FILE {
            return Err(
                self.limit(format!("A file of {bytes} bytes is longer than {} MB.", limits::MAX_FILE >> 20))
            );
        }
        Ok(())
    }

    /// Writes what redirections have gathered.
    pub(super) fn write_files(&mut self, files: Vec<super::pipeline::Redirected>) -> Flow<()> {
        for (lines, path, append) in files {
            let values = std::mem::take(&mut *lines.borrow_mut());
            let mut encoding = Encoding::default();
            let mut content = Vec::new();
            if append {
                let name = self.known_name(&path)?;
                if let Ok(found) = self.workspace.read(&name) {
                    content = found.to_vec();
                    encoding = Encoding::detect(&content).unwrap_or_default();
                }
            }
            for line in out_file::lines_of(self, values)? {
                encoding.encode(&line, &mut content);
                encoding.encode(NEW_LINE, &mut content);
                self.check_file(content.len())?;
            }
            self.write_file(&path, content)?;
        }
        Ok(())
    }
}

/// Whether two names mean the same file: as on Windows, without regard to case.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    a == b || a.eq_ignore_ascii_case(b) || !a.is_ascii() && a.to_lowercase() == b.to_lowercase()
}
