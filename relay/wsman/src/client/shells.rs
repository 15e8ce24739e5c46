//! Questions to a service outside of any session: what it is, and which shells a user has there.

use std::sync::Arc;

use super::{
    Credentials, Endpoint, Error,
    routes::Routes,
    transport::{Transport, with_response},
};
use crate::envelope::{Body, EnvelopeError, Identity, ListedCommand, ListedShell, Listing, Operation};

/// Parts of a list that are asked for; 30 shells of a user, or of all users 30 each, fit into one.
const MOST_PARTS: usize = 64;

/// Asks what kind of service it is (DSP0226 11). Without credentials it is asked as Windows answers to strangers.
///
/// # Errors
/// If there is no answer, or one that is not to Identify.
pub async fn identify(endpoint: Endpoint, credentials: Option<Credentials>) -> Result<Identity, Error> {
    let transport = transport(endpoint, credentials)?;
    let answer = transport.send(Operation::Identify).await?;
    with_response(&answer, transport.limits(), |body| match body {
        Body::Identified(identity) => Ok(identity),
        _ => Err(EnvelopeError::Missing("wsmid:IdentifyResponse").into()),
    })
}

/// Lists the user's shells, connected and disconnected ones.
///
/// # Errors
/// With what went wrong; a server may refuse to list shells.
pub async fn list_shells(endpoint: Endpoint, credentials: Credentials) -> Result<Vec<ListedShell>, Error> {
    let transport = transport(endpoint, Some(credentials))?;
    let mut shells = Vec::new();
    list(&transport, None, |part| shells.extend(part.shells)).await?;
    Ok(shells)
}

/// Lists the commands of a shell.
///
/// # Errors
/// With what went wrong.
pub async fn list_commands(
    endpoint: Endpoint,
    credentials: Credentials,
    shell_id: &str,
) -> Result<Vec<ListedCommand>, Error> {
    let transport = transport(endpoint, Some(credentials))?;
    let mut commands = Vec::new();
    list(&transport, Some(shell_id), |part| commands.extend(part.commands)).await?;
    Ok(commands)
}

fn transport(endpoint: Endpoint, credentials: Option<Credentials>) -> Result<Transport, Error> {
    let cultures = ("en-US".to_owned(), "en-US".to_owned());
    Transport::new(endpoint, credentials, Arc::new(Routes::default()), cultures, Arc::new(|| ()))
}

/// Lists shells, or the commands of one, part by part.
pub(super) async fn list(
    transport: &Transport,
    commands_of: Option<&str>,
    mut take: impl FnMut(Listing),
) -> Result<(), Error> {
    let mut context: Option<String> = None;
    for _ in 0..MOST_PARTS {
        let operation = match &context {
            None => Operation::Enumerate { commands_of },
            Some(context) => Operation::Pull { context },
        };
        let answer = transport.send(operation).await?;
        let mut part = with_response(&answer, transport.limits(), |body| match body {
            Body::Listed(listing) => Ok(listing),
            _ => Err(EnvelopeError::Missing("wsen:EnumerateResponse").into()),
        })?;
        context = part.context.take();
        take(part);
        if context.is_none() {
            return Ok(());
        }
    }
    Err(Error::Protocol("the list has no end".to_owned()))
}
