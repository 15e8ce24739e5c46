//! A connection checked layer by layer, with what a sign-in would open and where its redirects may lead.

use postern_shared::wire::{CheckStep, Failure};
use postern_wsman::client::{Check, ConnectError, Endpoint};

use super::Opening;

/// Checks the connection; without a password only as far as none is needed. `report` is told of each step as it begins and
/// ends. The future says whether all is well; dropping it gives up and removes what was opened.
///
/// # Errors
/// If the address cannot be one.
pub(crate) fn check(
    opening: Opening,
    report: impl FnMut(CheckStep) + Send,
) -> Result<impl Future<Output = bool> + Send, Box<Failure>> {
    let endpoint = opening
        .endpoint()
        .map_err(|error| Box::new(ConnectError { host: opening.host(), error }.to_failure()))?;
    let check = Check {
        endpoint,
        credentials: (!opening.password.is_empty()).then(|| opening.credentials()),
        options: opening.options(),
        follow: |from: &Endpoint, location: &str| from.redirected(location),
    };
    Ok(check.run(report))
}
