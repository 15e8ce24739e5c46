//! Importing: the remote session's commands, and the views in which its objects are shown.

use std::sync::Arc;

use postern_psrp::{message::MetadataAnswer, pipeline::PipelineSpec};
use postern_shared::{
    value::PsValue,
    view::FormatViews,
    wire::{EventKind, Failure},
};
use postern_wsman::client::{ConnectError, Ended, Error, PipelineEvent, RemoteSession};
use tokio::time::{Duration, Instant};

use super::{catalog::Catalog, failure, log::Log};

/// Progress is told so often; Import-PSSession does as well.
const REPORT: Duration = Duration::from_millis(200);
/// Objects of Get-FormatData that are taken in; Windows' whole set is about 400.
const MOST_VIEWS: usize = 5_000;

/// What was imported.
pub(super) struct Imported {
    /// The commands.
    pub(super) catalog: Catalog,
    /// How objects are shown.
    pub(super) views: Arc<FormatViews>,
}

/// Imports from a host. Without views a session works, and shows objects by their properties; without commands it does not.
pub(super) async fn import(remote: &RemoteSession, log: &Log, host: &str) -> Result<Imported, Failure> {
    // The user has run nothing yet, so that it is signing in that has failed.
    let lost = |error| ConnectError { host: host.to_owned(), error }.to_failure();
    let catalog = commands(remote, log, lost).await?;
    let views = if catalog.find("Get-FormatData").is_some() {
        views(remote).await.map_err(lost)?
    } else {
        Vec::new()
    };
    Ok(Imported { catalog, views: Arc::new(FormatViews::from_format_data(&views)) })
}

async fn commands(
    remote: &RemoteSession,
    log: &Log,
    lost: impl Fn(Error) -> Failure,
) -> Result<Catalog, Failure> {
    let mut pipeline = remote.command_metadata(&["*"]);
    let (mut catalog, mut total) = (Catalog::default(), 0_u32);
    let mut received = 0_u32;
    let mut reported = Instant::now();
    log.append(EventKind::Import { received, total });
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
                    log.append(EventKind::Import { received, total });
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
    log.append(EventKind::Import { received, total: total.max(received) });
    Ok(catalog)
}

async fn views(remote: &RemoteSession) -> Result<Vec<PsValue>, Error> {
    let mut pipeline = remote.invoke(PipelineSpec::command("Get-FormatData").parameter("TypeName", "*"));
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
