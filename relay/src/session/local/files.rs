//! Files of a session in a folder of the machine.

use std::{
    fs,
    io::{self, Read as _},
    path::{Component, Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

use postern_engine::host::{FileInfo, Workspace};
use postern_shared::value::{DateTimeKind, PsDateTime, PsStr};

/// The largest file that is read.
const MOST_BYTES: u64 = 64 << 20;
/// Files that are listed.
const MOST_FILES: usize = 10_000;

/// A folder of the machine, for `postern run`: what scripts read and write lies in it, and nothing else is reached.
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at a path; it is made if it is missing.
    ///
    /// # Errors
    /// If it cannot be made, or is no folder.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        // Resolved once: whatever lies in it is compared with this.
        Ok(Self { root: path.canonicalize()? })
    }

    /// The path of a file, if it is one inside: links may lead anywhere.
    fn path(&self, name: &str) -> Result<PathBuf, PsStr> {
        let refused = || PsStr::from(format!("The name '{name}' does not lie in the workspace."));
        let relative = Path::new(name);
        if name.is_empty() || !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(refused());
        }
        let path = self.root.join(relative);
        // The nearest part that exists decides; what is below is made by us.
        let mut existing = path.as_path();
        loop {
            match existing.symlink_metadata() {
                Ok(_) => break,
                Err(_) => existing = existing.parent().ok_or_else(refused)?,
            }
        }
        let real = existing.canonicalize().map_err(|_| refused())?;
        if real.starts_with(&self.root) { Ok(path) } else { Err(refused()) }
    }

    fn add(&self, folder: &Path, files: &mut Vec<FileInfo>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            if files.len() >= MOST_FILES {
                return;
            }
            if kind.is_dir() {
                self.add(&path, files);
            } else if kind.is_file()
                && let Ok(data) = entry.metadata()
                && let Ok(name) = path.strip_prefix(&self.root)
            {
                let written = data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                let seconds = written.and_then(|time| i64::try_from(time.as_secs()).ok());
                let written = seconds.and_then(PsDateTime::from_unix_seconds);
                files.push(FileInfo {
                    name: name.to_string_lossy().replace('\\', "/").into(),
                    length: data.len(),
                    written: written.unwrap_or(PsDateTime { ticks: 0, kind: DateTimeKind::Utc }),
                });
            }
        }
    }
}

impl Workspace for Folder {
    fn read(&mut self, name: &str) -> Result<Arc<[u8]>, PsStr> {
        let failed = |error: io::Error| PsStr::from(format!("The file '{name}' cannot be read: {error}"));
        let file = fs::File::open(self.path(name)?).map_err(failed)?;
        let mut content = Vec::new();
        file.take(MOST_BYTES + 1).read_to_end(&mut content).map_err(failed)?;
        if content.len() as u64 > MOST_BYTES {
            return Err(format!("The file '{name}' is longer than {} MB.", MOST_BYTES >> 20).into());
        }
        Ok(content.into())
    }

    fn write(&mut self, name: &str, content: Vec<u8>) -> Result<(), PsStr> {
        let failed = |error: io::Error| PsStr::from(format!("The file '{name}' cannot be written: {error}"));
        let path = self.path(name)?;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(path, content).map_err(failed)
    }

    fn remove(&mut self, name: &str) -> bool {
        self.path(name).is_ok_and(|path| fs::remove_file(path).is_ok())
    }

    fn list(&mut self) -> Vec<FileInfo> {
        let mut files = Vec::new();
        self.add(&self.root, &mut files);
        files.sort_by(|one, other| one.name.cmp(&other.name));
        files
    }
}
