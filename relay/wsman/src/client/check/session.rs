//! The sign-in and what follows it: a shell, a runspace, a cmdlet. The shell is deleted again.

use std::time::Duration;

use postern_psrp::{pipeline::PipelineSpec, records::ErrorRecord};
use postern_shared::wire::{CheckLayer, CheckStep, Failure};
use tokio::time::timeout;

use super::{Way, ladder::Ladder};
use crate::{
    client::{
        ConnectOptions, ConnectStep, Credentials, Ended, Endpoint, Error, PipelineEvent, RemoteSession,
        split_prefix,
    },
    envelope::code,
};

/// A cmdlet that every session configuration has, asked about itself.
const CMDLET: &str = "Get-Command";

/// Opens a session, runs a cmdlet in it and closes it.
pub(super) async fn open(
    mut endpoint: Endpoint,
    credentials: Credentials,
    options: ConnectOptions,
    ladder: &mut Ladder<impl FnMut(CheckStep)>,
) -> Way {
    // The check follows redirects itself: the layers of the next server are its own.
    endpoint.redirects = None;
    let host = endpoint.host().to_owned();
    let (limit, limit_of_cmdlet) = (endpoint.timeouts.open, endpoint.timeouts.operation);
    ladder.layer(CheckLayer::Authentication);
    let accepted = format!("{} is signed in", credentials.user());
    let mut shell = false;
    let connecting = RemoteSession::connect(endpoint, credentials, options, |step| match step {
        ConnectStep::ShellCreated { shell_id } => {
            shell = true;
            ladder.pass(accepted.as_str(), Vec::new());
            ladder.layer(CheckLayer::Shell);
            ladder.pass("a shell was created", vec![("ShellId".to_owned(), shell_id)]);
            ladder.layer(CheckLayer::Runspace);
        }
        ConnectStep::Connecting { .. }
        | ConnectStep::Redirected { .. }
        | ConnectStep::Connected
        | ConnectStep::SigningIn { .. }
        | ConnectStep::OpeningRunspace
        | ConnectStep::RunspaceOpened => {}
    });
    let opened = timeout(limit, connecting).await;
    let error = match opened {
        Ok(Ok(session)) => return use_it(session, limit_of_cmdlet, &host, ladder).await,
        Ok(Err(error)) => error.error,
        Err(_) => Error::Timeout { after: limit },
    };
    if matches!(error, Error::Redirected { .. }) {
        ladder.pass("answers with a redirect", Vec::new());
        return Way::Redirected(error);
    }
    if !shell && stops_at(&error) == CheckLayer::Shell {
        ladder.pass(accepted.as_str(), Vec::new());
        ladder.layer(CheckLayer::Shell);
    }
    ladder.stop(&error, &host, Vec::new());
    Way::Stopped
}

/// Where an error belongs that came instead of a shell: sign-in and Create are one request, and a fault of WS-Management
/// other than that of access comes from behind the sign-in.
fn stops_at(error: &Error) -> CheckLayer {
    match error {
        Error::Fault(fault) => match fault.code {
            Some(code::ACCESS_DENIED | code::CLIENT_ACCESS_DENIED | code::LOGON_FAILURE) => {
                CheckLayer::Authentication
            }
            _ if fault.subcode == "AccessDenied" => CheckLayer::Authentication,
            _ => CheckLayer::Shell,
        },
        Error::ServerError { .. } | Error::Envelope(_) | Error::Protocol(_) | Error::Timeout { .. } => {
            CheckLayer::Shell
        }
        _ => CheckLayer::Authentication,
    }
}

async fn use_it(
    session: RemoteSession,
    limit: Duration,
    host: &str,
    ladder: &mut Ladder<impl FnMut(CheckStep)>,
) -> Way {
    let details = session.details();
    let mut facts = Vec::new();
    if let Some(version) = details.protocol_version {
        facts.push(("Protocol".to_owned(), version));
    }
    if let Some(idle) = details.idle_timeout {
        facts.push(("Idle timeout".to_owned(), format!("{} s", idle.as_secs())));
    }
    ladder.pass("the runspace is open", facts);
    ladder.begin(CheckLayer::Command, &format!("A cmdlet ({CMDLET})"));
    let mut pipeline = session.invoke(PipelineSpec::command(CMDLET).parameter("Name", CMDLET));
    let (mut objects, mut record) = (0_u64, None);
    let run = async {
        loop {
            match pipeline.next().await {
                Some(PipelineEvent::Output(_)) => objects += 1,
                Some(PipelineEvent::Error(error)) => record = Some(error),
                Some(PipelineEvent::Ended(ended)) => break ended,
                Some(_) => {}
                None => break Ended::Lost(Error::Closed),
            }
        }
    };
    let ended = timeout(limit, run).await.unwrap_or(Ended::Lost(Error::Timeout { after: limit }));
    let well = matches!((&ended, &record), (Ended::Completed, None));
    match (ended, record) {
        (Ended::Completed, None) => {
            let found = if objects == 1 { "1 object".to_owned() } else { format!("{objects} objects") };
            ladder.pass(format!("it ran and gave {found}"), Vec::new());
        }
        (Ended::Failed(record), _) | (Ended::Completed, Some(record)) => ladder.stop_with(of_record(&record)),
        (Ended::Lost(error), _) => ladder.stop(&error, host, Vec::new()),
        (Ended::Stopped, _) => ladder.stop(&Error::Closed, host, Vec::new()),
    }
    session.close().await;
    if well { Way::On } else { Way::Stopped }
}

fn of_record(record: &ErrorRecord) -> Failure {
    let message = record.message();
    let (what, facts) = split_prefix(message.as_str());
    Failure {
        what: format!("The cmdlet {CMDLET} failed: {what}"),
        cause: "The session configuration does not offer the cmdlet, or the user has no role that allows it."
            .into(),
        remedy: "Have an administrator check the session configuration and the user's roles.".into(),
        raw: message.to_string(),
        code: record.fully_qualified_error_id.to_string(),
        position: None,
        facts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Fault;

    #[test]
    fn an_error_belongs_to_the_layer_that_it_is_about() {
        for (error, layer) in [
            (
                Error::Unauthorized { offered: vec!["Basic".into()], text: String::new() },
                CheckLayer::Authentication,
            ),
            (Error::Fault(Box::new(Fault::access_denied())), CheckLayer::Authentication),
            (Error::Http { status: 400, text: String::new() }, CheckLayer::Authentication),
            (Error::BasicOverHttp, CheckLayer::Authentication),
            (Error::Fault(Box::new(Fault::invalid_resource_uri("urn:x"))), CheckLayer::Shell),
            (Error::Fault(Box::new(Fault::quota(code::QUOTA_SHELLS, "x"))), CheckLayer::Shell),
            (Error::ServerError { status: 500, text: String::new() }, CheckLayer::Shell),
        ] {
            assert_eq!(stops_at(&error), layer, "{error:?}");
        }
    }
}
