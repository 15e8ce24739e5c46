//! `postern check`: a connection checked layer by layer.

use std::io::Write as _;

use postern_shared::wire::{CheckState, CheckStep};

use super::{
    report,
    sign_in::{SignInArgs, SignInError},
};
use crate::session;

/// What `postern check` is told.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without a user name the check ends with the web service; no password is needed for that. A password \
    is read from --password-fd, from the environment variable, or asked for, in this order; never give it as an argument. \
    The exit code is 0 if all is well, and 1 where the connection stops."
)]
pub(super) struct CheckArgs {
    /// Connection URI, or the name of an endpoint in the configuration.
    #[arg(long, value_name = "URI|NAME")]
    endpoint: String,
    /// User name to sign in with.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    #[command(flatten)]
    sign_in: SignInArgs,
    /// Prints each step as a line of JSON.
    #[arg(long)]
    json: bool,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub(super) enum CheckError {
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error("{what} {remedy}")]
    Invalid { what: String, remedy: String },
}

/// Runs the check; whether all is well.
pub(super) async fn check(args: CheckArgs) -> Result<bool, CheckError> {
    let (json, user) = (args.json, args.user);
    let opening = args.sign_in.opening(&args.endpoint, user.clone())?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    if !json {
        println!("{}\n", report::heading(&opening.uri, &opening.configuration, user.as_deref()));
    }
    let mut reached = None;
    let print = |step: CheckStep| {
        if !json && matches!(step.state, CheckState::Passed { .. }) {
            reached = Some(step.layer);
        }
        let text = if json { serde_json::to_string(&step).unwrap_or_default() } else { report::lines(&step) };
        if !text.is_empty() {
            println!("{text}");
            // Each line is to be seen as it happens, in a pipe too.
            let _ = std::io::stdout().flush();
        }
    };
    let checked = session::check(&opening, print)
        .map_err(|failure| CheckError::Invalid { what: failure.what, remedy: failure.remedy })?;
    let well = checked.await;
    if !json {
        println!("\n{}", report::verdict(well, reached));
    }
    Ok(well)
}
