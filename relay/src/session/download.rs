//! Downloads that a page has asked for: a ticket each, which is fetched once over HTTP by the same browser.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use postern_shared::{
    value::PsDateTime,
    view::cell_text,
    wire::{Download, Failure},
};
use tokio::sync::{mpsc, watch};

use super::{log::Log, transcript};
use crate::store::{Broken, Extraction};

/// Tickets and running downloads of one session.
const MOST: usize = 4;
/// A ticket that is not fetched within this time is worth nothing.
const VALID: Duration = Duration::from_mins(1);
/// Pieces made ahead of what the browser takes.
const AHEAD: usize = 4;
/// How often the page is told how far it is.
const TELL: Duration = Duration::from_millis(100);

/// A session's downloads.
#[derive(Default)]
pub(crate) struct Downloads(Mutex<HashMap<String, Ticket>>);

/// What is downloaded.
pub(crate) enum Source {
    /// A part of a result.
    Extract(Extraction),
    /// The session's events, as text or as lines of JSON.
    Transcript(Arc<Log>, bool),
}

/// A download that can be fetched.
pub(crate) struct Ticket {
    source: Source,
    file_name: String,
    made: Instant,
    progress: watch::Sender<Download>,
}

impl Downloads {
    /// Makes a ticket; gives the secret by which it is fetched, and how it stands from here on.
    pub(crate) fn add(
        &self,
        session: &str,
        what: &str,
        source: Source,
    ) -> Result<watch::Receiver<Download>, Box<Failure>> {
        let mut tickets = self.tickets();
        tickets.retain(|_, ticket| ticket.made.elapsed() < VALID);
        if tickets.len() >= MOST {
            return Err(Box::new(too_many()));
        }
        let Some(secret) = secret() else { return Err(Box::new(too_many())) };
        let (ending, _) = source.kind();
        let file_name = file_name(what, ending);
        let path = format!("/api/download/{session}/{secret}");
        let (progress, told) = watch::channel(Download::Ready { path, name: file_name.clone() });
        tickets.insert(secret, Ticket { source, file_name, made: Instant::now(), progress });
        Ok(told)
    }

    /// Takes the ticket of a secret.
    pub(crate) fn take(&self, secret: &str) -> Option<Ticket> {
        self.tickets().remove(secret).filter(|ticket| ticket.made.elapsed() < VALID)
    }

    fn tickets(&self) -> MutexGuard<'_, HashMap<String, Ticket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    fn kind(&self) -> (&'static str, &'static str) {
        match self {
            Self::Extract(extraction) => extraction.kind(),
            Self::Transcript(_, true) => ("jsonl", "application/jsonl"),
            Self::Transcript(_, false) => ("txt", "text/plain; charset=utf-8"),
        }
    }
}

impl Ticket {
    /// The file's name and content type.
    pub(crate) fn file(&self) -> (&str, &'static str) {
        (&self.file_name, self.source.kind().1)
    }

    /// Writes the file on a thread of its own, no faster than the pieces are taken.
    pub(crate) fn write(self) -> mpsc::Receiver<Result<Vec<u8>, std::io::Error>> {
        let (give, pieces) = mpsc::channel(AHEAD);
        tokio::task::spawn_blocking(move || {
            let of = match &self.source {
                Source::Extract(extraction) => extraction.len(),
                Source::Transcript(log, _) => log.newest(),
            };
            let (mut bytes, mut done, mut told) = (0_u64, 0, Instant::now());
            let mut one = |piece: Vec<u8>, rows: u64| {
                (bytes, done) = (bytes.saturating_add(piece.len() as u64), rows);
                if told.elapsed() >= TELL {
                    told = Instant::now();
                    self.progress.send_replace(Download::Running { rows, of, bytes });
                }
                if piece.is_empty() {
                    // Nothing to send yet; whether anyone still waits is worth knowing all the same.
                    return if give.is_closed() { Err(Broken::Left) } else { Ok(()) };
                }
                give.blocking_send(Ok(piece)).map_err(|_| Broken::Left)
            };
            let written = match &self.source {
                Source::Extract(extraction) => extraction.write(&mut one),
                Source::Transcript(log, json) => transcript::write(log, *json, &mut one),
            };
            self.progress.send_replace(match written {
                Ok(()) => Download::Done { rows: done, bytes },
                Err(Broken::Left) => Download::Failed(left()),
                Err(Broken::Failed(why)) => {
                    // The browser must not take what it has for the whole.
                    let _ = give.blocking_send(Err(std::io::Error::other(why.clone())));
                    Download::Failed(failed(&why))
                }
            });
        });
        pieces
    }
}

/// `Mailbox-2026-03-02-091405.csv`, with nothing in it that a file system minds.
fn file_name(what: &str, ending: &str) -> String {
    let short = what.rsplit('.').next().unwrap_or_default();
    let short: String = short.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(60).collect();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = i64::try_from(now).ok().and_then(PsDateTime::from_unix_seconds);
    let now = now.map(|now| cell_text(&now.into())).unwrap_or_default().replace(' ', "-").replace(':', "");
    format!("{}-{now}.{ending}", if short.is_empty() { "objects" } else { &short })
}

/// 128 random bits.
fn secret() -> Option<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).ok()?;
    let mut text = String::with_capacity(32);
    for byte in bytes {
        write!(text, "{byte:02x}").ok()?;
    }
    Some(text)
}

fn too_many() -> Failure {
    Failure {
        what: "The download was not begun.".into(),
        cause: format!("A session has no more than {MOST} downloads at a time."),
        remedy: "Wait until one of them is done.".into(),
        code: "TooManyDownloads".into(),
        ..Failure::default()
    }
}

/// Downloads are switched off.
pub(crate) fn not_allowed() -> Failure {
    Failure {
        what: "Downloads are switched off.".into(),
        cause: "The administrator of this server does not allow results to leave it as files.".into(),
        remedy: "Ask the administrator; the setting is downloads in the configuration.".into(),
        code: "DownloadsOff".into(),
        ..Failure::default()
    }
}

/// There is nothing to download.
pub(crate) fn no_result() -> Failure {
    Failure {
        what: "There is nothing to download.".into(),
        cause: "The result is no longer kept.".into(),
        remedy: "Run the command again.".into(),
        code: "NoResult".into(),
        ..Failure::default()
    }
}

fn left() -> Failure {
    Failure {
        what: "The download broke off.".into(),
        cause: "It was cancelled, or the connection was lost.".into(),
        remedy: "Start it again.".into(),
        code: "DownloadLeft".into(),
        ..Failure::default()
    }
}

fn failed(why: &str) -> Failure {
    Failure {
        what: "The file could not be written.".into(),
        cause: "The format cannot hold the result, or the server has no room for it.".into(),
        remedy: "Choose another format, or fewer rows and columns.".into(),
        raw: why.to_owned(),
        code: "DownloadFailed".into(),
        ..Failure::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::log::LogLimits;

    #[test]
    fn a_ticket_is_worth_one_download() {
        let downloads = Downloads::default();
        let log = Arc::new(Log::new(LogLimits { events: 9, bytes: 999 }));
        let mut ready = Vec::new();
        for _ in 0..MOST {
            ready
                .push(downloads.add("s", "Transcript", Source::Transcript(Arc::clone(&log), false)).unwrap());
        }
        assert_eq!(
            downloads.add("s", "Transcript", Source::Transcript(log, true)).unwrap_err().code,
            "TooManyDownloads"
        );
        let Download::Ready { path, name } = ready[0].borrow().clone() else { panic!() };
        assert!(name.starts_with("Transcript-2") && name.split('.').next_back() == Some("txt"), "{name}");
        let secret = path.strip_prefix("/api/download/s/").unwrap();
        assert!(downloads.take(secret).is_some());
        assert!(downloads.take(secret).is_none() && downloads.take("").is_none());
    }

    #[test]
    fn a_file_name_has_nothing_odd_in_it() {
        assert!(file_name("A.B.Mailbox", "csv").starts_with("Mailbox-"));
        assert!(file_name("x/../\"\r\n", "csv").starts_with("objects-"));
        assert!(file_name("../../a b\r\n", "csv").starts_with("ab-"));
    }
}
