//! A connection checked layer by layer, with what a sign-in would open and where its redirects may lead.

use postern_shared::wire::CheckStep;
use postern_wsman::client::{Check, Endpoint, Error};

use super::Opening;

/// Checks the connection; without a password only as far as none is needed. `report` is told of each step as it begins and
/// ends. Whether all is well; dropping the future gives up and removes what was opened.
///
/// # Errors
/// If the address cannot be one.
pub(crate) async fn check(opening: &Opening, report: impl FnMut(CheckStep)) -> Result<bool, Error> {
    let check = Check {
        endpoint: opening.endpoint(&opening.uri)?,
        credentials: (!opening.password.is_empty()).then(|| opening.credentials()),
        options: opening.options(),
        follow: |from: &Endpoint, location: &str| {
            opening.endpoint(&opening.follow(from.to(), location)?).ok()
        },
    };
    Ok(check.run(report).await)
}
