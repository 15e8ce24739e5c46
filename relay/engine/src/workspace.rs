//! A workspace in memory, bounded in files and bytes, that the page and the session share.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use postern_shared::value::{PsDateTime, PsStr};

use crate::{
    encoding::Encoding,
    host::{FileInfo, Workspace},
    limits,
};

/// Bounds of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Files.
    pub files: usize,
    /// Bytes of one file.
    pub file: usize,
    /// Bytes of all files and their names.
    pub bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { files: limits::MAX_FILES, file: limits::MAX_FILE, bytes: limits::MAX_WORKSPACE }
    }
}

/// Longest name of a file, in bytes.
const MAX_NAME: usize = 512;

/// Files of a session, in memory. A clone is the same workspace: the session writes, the page lists, uploads and
/// downloads.
#[derive(Clone, Debug)]
pub struct MemoryWorkspace(Arc<Mutex<Files>>);

#[derive(Debug)]
struct Files {
    by_name: BTreeMap<String, (Arc<[u8]>, PsDateTime)>,
    bytes: usize,
    bounds: Bounds,
    now: fn() -> PsDateTime,
}

impl MemoryWorkspace {
    /// An empty workspace; `now` gives the time (UTC) that a file was written.
    pub fn new(bounds: Bounds, now: fn() -> PsDateTime) -> Self {
        Self(Arc::new(Mutex::new(Files { by_name: BTreeMap::new(), bytes: 0, bounds, now })))
    }

    /// Bytes that are used, by content and names.
    pub fn used(&self) -> usize {
        self.files().bytes
    }

    fn files(&self) -> std::sync::MutexGuard<'_, Files> {
        // Each change is whole before it can panic, so what a panicking thread left is in order.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Workspace for MemoryWorkspace {
    fn read(&mut self, name: &str) -> Result<Arc<[u8]>, PsStr> {
        match self.files().by_name.get(name) {
            Some((content, _)) => Ok(Arc::clone(content)),
            None => Err(format!("The workspace has no file '{name}'.").into()),
        }
    }

    fn write(&mut self, name: &str, content: Vec<u8>) -> Result<(), PsStr> {
        if !is_name(name) {
            return Err(format!("'{name}' is no name of a file of the workspace.").into());
        }
        let mut files = self.files();
        let Bounds { files: most, file, bytes } = files.bounds;
        if content.len() > file {
            return Err(format!(
                "The file '{name}' would have {} bytes; the workspace takes files of up to {file} bytes.",
                content.len()
            )
            .into());
        }
        let before = files.by_name.get(name).map_or(0, |(content, _)| content.len() + name.len());
        if before == 0 && !files.by_name.contains_key(name) && files.by_name.len() >= most {
            return Err(
                format!("The workspace is full: it holds up to {most} files. Remove some first.").into()
            );
        }
        let after = files.bytes - before + content.len() + name.len();
        if after > bytes {
            return Err(format!(
                "The workspace is full: it holds up to {bytes} bytes, and '{name}' would make it {after}. Remove files first."
            )
            .into());
        }
        let written = (files.now)();
        files.bytes = after;
        files.by_name.insert(name.to_owned(), (content.into(), written));
        Ok(())
    }

    fn remove(&mut self, name: &str) -> bool {
        let mut files = self.files();
        match files.by_name.remove(name) {
            Some((content, _)) => {
                files.bytes -= content.len() + name.len();
                true
            }
            None => false,
        }
    }

    fn list(&mut self) -> Vec<FileInfo> {
        let info = |(name, (content, written)): (&String, &(Arc<[u8]>, PsDateTime))| FileInfo {
            name: name.as_str().into(),
            length: content.len() as u64,
            written: *written,
        };
        self.files().by_name.iter().map(info).collect()
    }
}

/// Whether a name is relative, without `.` and `..`, drives and control characters, and not too long.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && !name.contains(['\\', ':'])
        && !name.chars().any(char::is_control)
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// The beginning of a file as text: of at most about `most` bytes, in the encoding that its byte order mark says or
/// UTF-8. `None` for what is no text.
pub fn text_of(content: &[u8], most: usize) -> Option<String> {
    let encoding = Encoding::detect(content);
    let rest = content.get(encoding.map_or(0, |encoding| encoding.mark().len())..).unwrap_or_default();
    // A multiple of four cuts no unit of UTF-16 and UTF-32; of UTF-8, no character is to be cut.
    let mut end = rest.len().min(most & !3);
    if matches!(encoding, None | Some(Encoding::Utf8Bom)) {
        let is_inside = |end: usize| rest.get(end).is_some_and(|byte| byte & 0xC0 == 0x80);
        let longest = end.saturating_sub(3);
        while end > longest && is_inside(end) {
            end -= 1;
        }
    }
    let text = encoding.unwrap_or_default().decode(rest.get(..end).unwrap_or_default());
    (!text.contains('\0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use postern_shared::value::{DateTimeKind, PsDateTime};

    use super::{Bounds, MemoryWorkspace, text_of};
    use crate::host::Workspace;

    fn small() -> MemoryWorkspace {
        let now = || PsDateTime { ticks: 0, kind: DateTimeKind::Utc };
        MemoryWorkspace::new(Bounds { files: 2, file: 10, bytes: 20 }, now)
    }

    #[test]
    fn bounds_hold() {
        let mut files = small();
        assert!(files.write("a", vec![0; 11]).is_err(), "one file too long");
        files.write("a", vec![0; 10]).unwrap();
        assert_eq!(files.used(), 11);
        assert!(files.write("b", vec![0; 9]).is_err(), "too much in all");
        files.write("b", vec![0; 8]).unwrap();
        assert!(files.write("c", Vec::new()).is_err(), "too many files");
        files.write("a", Vec::new()).unwrap();
        assert_eq!(files.used(), 10);
        assert!(files.remove("b") && !files.remove("b"));
        assert_eq!(files.used(), 1);
        files.write("c", Vec::new()).unwrap();
        assert_eq!(files.clone().list().len(), 2, "a clone is the same workspace");
    }

    #[test]
    fn names_stay_inside() {
        let mut files = small();
        let long = "n".repeat(513);
        for name in [
            "",
            ".",
            "..",
            "../a",
            "a/../b",
            "/etc/passwd",
            "a//b",
            "c:",
            "a\\b",
            "a\nb",
            "a/",
            long.as_str(),
        ] {
            assert!(files.write(name, Vec::new()).is_err(), "{name:?}");
        }
        files.write("folder/a.b c", Vec::new()).unwrap();
    }

    #[test]
    fn the_beginning_of_a_text_is_whole_characters() {
        let text = |content: &[u8], most| text_of(content, most);
        assert_eq!(text("äöü".as_bytes(), 4).as_deref(), Some("äö"));
        assert_eq!(text("aäöü".as_bytes(), 4).as_deref(), Some("aä"));
        assert_eq!(text(b"\xEF\xBB\xBFa", 64).as_deref(), Some("a"));
        assert_eq!(text(b"\xFF\xFEa\0b\0c\0", 4).as_deref(), Some("ab"));
        assert_eq!(text(b"", 64).as_deref(), Some(""));
        assert_eq!(text(b"PK\x03\0", 64), None);
    }
}
