//! Connections that break while a session is open.
//!
//! A Receive changes nothing, and a server keeps its answer: posted again as it was, message id included, it brings the
//! answer that was lost (MS-WSMV 3.1.4.14; Windows refuses the copy with an internal error as long as it still has the
//! first one under way). A Command or a Send may have been carried out, so it is posted again only where no connection
//! came about at all.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::{
    Error,
    transport::{Broken, Prepared, Transport},
};

/// First pause before a request is posted again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What happened to the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// It broke, and is being tried again.
    Interrupted,
    /// It stands again.
    Restored,
}

/// Whether a request may be posted again that the server may have seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// It changes nothing, or nothing twice: Receive, Signal, Reconnect.
    Always,
    /// It changes something: Command, Send.
    IfNotSent,
}

/// The state of the connection, for all requests of a session.
#[derive(Debug)]
pub(super) struct Link {
    /// Set while the session is open: nothing of a sign-in is ever repeated.
    open: AtomicBool,
    broken: AtomicBool,
    notices: mpsc::UnboundedSender<Notice>,
}

impl Link {
    pub(super) fn new(notices: mpsc::UnboundedSender<Notice>) -> Self {
        Self { open: AtomicBool::new(false), broken: AtomicBool::new(false), notices }
    }

    /// From now on requests are repeated, or no more.
    pub(super) fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::Relaxed);
    }

    fn turn(&self, broken: bool) {
        if self.broken.swap(broken, Ordering::Relaxed) != broken {
            let notice = if broken { Notice::Interrupted } else { Notice::Restored };
            // Nobody listens while the session is being closed.
            let _ = self.notices.send(notice);
        }
    }

    /// Posts a request, again and again while the connection is broken, for as long as the endpoint's timeouts say.
    pub(super) async fn post(
        &self,
        transport: &Transport,
        request: &Prepared,
        repeat: Repeat,
    ) -> Result<Vec<u8>, Error> {
        let window = transport.endpoint().timeouts.recovery;
        let mut pause = FIRST_PAUSE;
        let mut broke: Option<Instant> = None;
        // The longest beginning of an answer that was lost.
        let mut lost: Option<Vec<u8>> = None;
        loop {
            let Broken { error, answer } = match transport.post(request).await {
                Ok(bytes) => {
                    self.turn(false);
                    return match lost {
                        Some(beginning) if !is_the_same_answer(&beginning, &bytes) => Err(Error::OutputLost),
                        _ => Ok(bytes),
                    };
                }
                Err(broken) => broken,
            };
            let repeated = broke.is_some();
            let again = match repeat {
                _ if !self.open.load(Ordering::Relaxed) => false,
                Repeat::Always => error.is_interruption() || (repeated && error.is_duplicate()),
                Repeat::IfNotSent => error.was_not_sent(),
            };
            if again && !error.is_duplicate() {
                self.turn(true);
            } else if !error.is_interruption() {
                // The server answers, whatever it says.
                self.turn(false);
            }
            if let Some(answer) = answer
                && lost.as_ref().is_none_or(|lost| lost.len() < answer.len())
            {
                lost = Some(answer);
            }
            let over = broke.get_or_insert_with(Instant::now).elapsed() >= window;
            if !again || over {
                // An answer had begun, and the server has forgotten it.
                let forgotten = lost.is_some() && !error.is_interruption();
                return Err(if forgotten { Error::OutputLost } else { error });
            }
            tracing::debug!(%error, ?pause, "The connection broke; the request is posted again");
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Whether an answer is the one whose beginning is known, as far as the beginning tells: by its first piece of output,
/// which starts with the number of its object and of its fragment (MS-PSRP 2.2.4).
fn is_the_same_answer(beginning: &[u8], answer: &[u8]) -> bool {
    match (first_output(beginning), first_output(answer)) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(known), Some(given)) => given.starts_with(known) || known.starts_with(given),
    }
}

/// The text of the first `Stream` element, as far as it is there.
fn first_output(envelope: &[u8]) -> Option<&[u8]> {
    let stream = memchr::memmem::find(envelope, b"Stream ")?;
    let rest = envelope.get(stream..)?;
    let start = memchr::memchr(b'>', rest)? + 1;
    let text = rest.get(start..)?;
    let text = text.get(..memchr::memchr(b'<', text).unwrap_or(text.len()))?;
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_known_by_its_first_output() {
        let answer = b"<s:Envelope><rsp:Stream Name=\"stdout\">AAAAAAAAAAEAAAAA</rsp:Stream></s:Envelope>";
        let other = b"<s:Envelope><rsp:Stream Name=\"stdout\">AAAAAAAAAAIAAAAA</rsp:Stream></s:Envelope>";
        for cut in 0..answer.len() {
            assert!(is_the_same_answer(&answer[..cut], answer), "{cut}");
        }
        assert!(!is_the_same_answer(&answer[..55], other));
        assert!(is_the_same_answer(&answer[..40], other), "nothing of the output had arrived");
        assert!(!is_the_same_answer(answer, b"<s:Envelope/>"));
    }
}
