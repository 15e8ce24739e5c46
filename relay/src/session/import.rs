//! Importing: the remote session's commands, and the views in which its objects are shown.

use std::sync::Arc;

use postern_psrp::{message::MetadataAnswer, pipeline::PipelineSpec};
use postern_shared::{
    value::{Content, PsObject, PsStr, PsValue},
    view::FormatViews,
    wire::Failure,
};
use postern_wsman::client::{ConnectError, Ended, Error, PipelineEvent, RemoteSession};
use tokio::time::{Duration, Instant};

use super::{catalog::Catalog, failure, known::Imported};

/// Progress is told so often; Import-PSSession does as well.
const REPORT: Duration = Duration::from_millis(200);
/// Objects of Get-FormatData that are taken in; Windows' whole set is about 400.
const MOST_VIEWS: usize = 5_000;

/// Imports from a host; `report` is told how many commands have come, of how many. Without views a session works, and
/// shows objects by their properties; without commands it does not.
pub(super) async fn import(
    remote: &RemoteSession,
    host: &str,
    report: impl FnMut(u32, u32),
) -> Result<Imported, Failure> {
    // The user has run nothing yet, so that it is signing in that has failed.
    let lost = |error| ConnectError { host: host.to_owned(), error }.to_failure();
    let catalog = commands(remote, &["*"], lost, report).await?;
    let views = if catalog.find("Get-FormatData").is_some() {
        views(remote, &[PsStr::from_static("*")]).await.map_err(lost)?
    } else {
        Vec::new()
    };
    let views = Arc::new(FormatViews::from_format_data(&views));
    Ok(Imported { catalog: Arc::new(catalog), views })
}

/// The language mode of a session that does not say it: what a script says of it, and none if scripts are refused.
pub(super) async fn language_mode(remote: &RemoteSession) -> String {
    let script = "$ExecutionContext.SessionState.LanguageMode.ToString()";
    let mut pipeline = remote.invoke(PipelineSpec::script(script));
    let mut mode = String::new();
    while let Some(event) = pipeline.next().await {
        match event {
            PipelineEvent::Output(value) if mode.is_empty() => mode = failure::shorten(&value.to_string()),
            PipelineEvent::Ended(Ended::Failed(_)) => "NoLanguage".clone_into(&mut mode),
            _ => {}
        }
    }
    mode
}

/// The commands of these names, which may have wildcards. `report` is told how many have come, of how many.
pub(super) async fn commands(
    remote: &RemoteSession,
    names: &[&str],
    lost: impl Fn(Error) -> Failure,
    mut report: impl FnMut(u32, u32),
) -> Result<Catalog, Failure> {
    let mut pipeline = remote.command_metadata(names);
    let (mut catalog, mut total) = (Catalog::default(), 0_u32);
    let mut received = 0_u32;
    let mut reported = Instant::now();
    report(received, total);
    while let Some(event) = pipeline.next().await {
        match event {
            PipelineEvent::Output(value) => {
                match MetadataAnswer::from_value(&value) {
                    Some(MetadataAnswer::Count(count)) => total = count,
                    Some(MetadataAnswer::Command(command)) => {
                        received = received.saturating_add(1);
                        catalog.add(&command);
                    }
                    None => {}
                }
                if reported.elapsed() >= REPORT {
                    reported = Instant::now();
                    report(received, total);
                }
            }
            PipelineEvent::Ended(ended) => match ended {
                Ended::Completed | Ended::Stopped => {}
                Ended::Failed(record) => return Err(failure::of_record(&record, None)),
                Ended::Lost(error) => return Err(lost(error)),
            },
            _ => {}
        }
    }
    report(received, total.max(received));
    Ok(catalog)
}

/// The views of types of these names, which may have wildcards.
pub(super) async fn views(remote: &RemoteSession, types: &[PsStr]) -> Result<Vec<PsValue>, Error> {
    let names = PsObject {
        type_names: ["System.String[]", "System.Array", "System.Object"].map(PsStr::from_static).into(),
        content: Content::List(types.iter().cloned().map(PsValue::Str).collect()),
        ..PsObject::default()
    };
    let names = match types {
        [one] => PsValue::Str(one.clone()),
        _ => names.into(),
    };
    let mut pipeline = remote.invoke(PipelineSpec::command("Get-FormatData").parameter("TypeName", names));
    let mut views = Vec::new();
    while let Some(event) = pipeline.next().await {
        match event {
            PipelineEvent::Output(value) if views.len() < MOST_VIEWS => views.push(value),
            PipelineEvent::Ended(Ended::Lost(error)) => return Err(error),
            // A user may have no right to it.
            _ => {}
        }
    }
    Ok(views)
}
