//! A connection checked layer by layer: name, TCP, TLS, HTTP, and with credentials the sign-in, a shell, a runspace and a
//! cmdlet. It ends where the connection stops, and says why.
//!
//! The lower layers are made one by one, so that each shows what it found and how long it took; from HTTP on it is the
//! client's own code that is checked. Nothing is tried twice and no credentials are sent before the server has said that it
//! wants some. The shell is deleted at the end.

mod certificate;
mod http;
mod ladder;
mod network;
mod proxy;
mod session;
mod tls;

use postern_shared::wire::{CheckLayer, CheckStep};

pub use self::certificate::Certificate;
use self::ladder::Ladder;
use super::{ConnectOptions, Credentials, Endpoint, Error, NotFollowed};

/// Redirects that are followed at most; PowerShell's `MaximumRedirection` is as many.
const MOST_REDIRECTS: usize = 5;

/// What is to be checked.
#[derive(Debug)]
pub struct Check<F> {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// As whom to sign in; without, the check ends with the web service.
    pub credentials: Option<Credentials>,
    /// What the session is to be.
    pub options: ConnectOptions,
    /// Where to go on when a server redirects to this location, or why to go nowhere.
    pub follow: F,
}

/// How a stretch of the way ended.
enum Way {
    /// Well.
    On,
    /// Here.
    Stopped,
    /// The server names another place.
    Redirected(Error),
}

impl<F: Fn(&Endpoint, &str) -> Result<Endpoint, NotFollowed>> Check<F> {
    /// Runs the check, and says whether all layers that were tried are well.
    ///
    /// `report` is told of each step as it begins and ends, and at the end of those that were not reached. Dropping the
    /// future gives up; a shell that has been created by then is deleted in the background.
    pub async fn run(self, report: impl FnMut(CheckStep)) -> bool {
        let mut ladder = Ladder::new(report);
        let mut endpoint = self.endpoint;
        let mut hops = 0;
        loop {
            let mut way = reach(&endpoint, &mut ladder).await;
            if matches!(way, Way::On) {
                let Some(credentials) = self.credentials.clone() else {
                    ladder.skip_rest("No user name and password were given for it.");
                    return true;
                };
                way = session::open(endpoint.clone(), credentials, self.options.clone(), &mut ladder).await;
            }
            match way {
                Way::On => return true,
                Way::Stopped => break,
                Way::Redirected(error) => {
                    ladder.begin(CheckLayer::Redirect, "Redirect to another address");
                    let next = match next(&self.follow, &endpoint, error, hops) {
                        Ok(next) => next,
                        Err(error) => {
                            ladder.stop(&error, endpoint.host(), Vec::new());
                            break;
                        }
                    };
                    ladder.pass(format!("follows to {}", next.host()), Vec::new());
                    hops += 1;
                    endpoint = next;
                }
            }
        }
        ladder.skip_rest("Not reached.");
        false
    }
}

/// Where a redirect leads, or the error that it ends with.
fn next(
    follow: impl Fn(&Endpoint, &str) -> Result<Endpoint, NotFollowed>,
    from: &Endpoint,
    error: Error,
    hops: usize,
) -> Result<Endpoint, Error> {
    let Error::Redirected { location, via } = error else { return Err(error) };
    match follow(from, &location) {
        Ok(_) if hops >= MOST_REDIRECTS => Err(Error::TooManyRedirects { most: MOST_REDIRECTS as u32 }),
        Ok(next) => Ok(next),
        Err(NotFollowed::NotAllowed) => Err(Error::Redirected { location, via }),
        Err(why) => Err(Error::RedirectRefused { location, via, why }),
    }
}

/// The way to the web service: name, TCP, TLS, HTTP.
async fn reach(endpoint: &Endpoint, ladder: &mut Ladder<impl FnMut(CheckStep)>) -> Way {
    let Some(reached) = network::connect(endpoint, ladder).await else { return Way::Stopped };
    if endpoint.is_https() {
        if !tls::secure(endpoint, reached, ladder).await {
            return Way::Stopped;
        }
    } else {
        ladder.skip(CheckLayer::Tls, "The connection URI begins with http://.");
    }
    http::ask(endpoint, ladder).await
}
