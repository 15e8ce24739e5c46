//! What a line changed: the object that it names, read before and after it.
//!
//! It is read with the command that gets such objects, where the endpoint has one, and only for a line that is one
//! command and names one object. Reading is bounded in time, and where it fails nothing is said: the line runs as it
//! would have run.

use std::{sync::Arc, time::Duration};

use postern_psrp::pipeline::PipelineSpec;
use postern_shared::{
    syntax::what_if::change,
    value::{PsObject, PsStr, PsValue},
    view::cell_text,
    wire::Changed,
};
use postern_wsman::client::{PipelineEvent, RemoteSession};
use tokio::time::timeout;

use super::{catalog::Catalog, failure::shorten};

/// Verbs of commands that change an object, or remove it.
const VERBS: [&str; 5] = ["Set", "Enable", "Disable", "Remove", "Clear"];
/// How long a read may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long one that took longer has for stopping: the runspace runs one at a time.
const STOP_PATIENCE: Duration = Duration::from_secs(10);
/// Changed properties that are told.
const MOST: usize = 200;
/// Properties that change with every change.
const NOISE: [&str; 4] = ["WhenChanged", "WhenChangedUTC", "RunspaceId", "ObjectState"];

/// What a line is about to change.
pub(super) struct Watched {
    command: PsStr,
    identity: String,
    before: Arc<PsObject>,
}

/// Reads what a line is about to change; `None` where that cannot be told.
pub(super) async fn before(remote: &RemoteSession, catalog: &Catalog, line: &str) -> Option<Watched> {
    let change = change(line)?;
    VERBS.iter().find(|verb| verb.eq_ignore_ascii_case(&change.verb))?;
    catalog.find(&format!("{}-{}", change.verb, change.noun))?;
    let get = catalog.find(&format!("Get-{}", change.noun))?;
    get.parameters.iter().find(|parameter| parameter.name.eq_ignore_ascii_case("Identity"))?;
    let command = get.remote.clone();
    let before = read(remote, &command, &change.identity).await.ok()??;
    Some(Watched { command, identity: change.identity, before })
}

/// Reads it again, and says what differs.
pub(super) async fn after(remote: &RemoteSession, watched: Watched) -> Option<Changed> {
    let after = read(remote, &watched.command, &watched.identity).await.ok()?;
    let object = ["DisplayName", "Name", "Identity"]
        .iter()
        .find_map(|name| watched.before.get(name))
        .map_or_else(|| watched.identity.clone(), |name| shorten(&cell_text(name)));
    let properties = after.as_deref().map(|after| differences(&watched.before, after)).unwrap_or_default();
    Some(Changed { object, is_gone: after.is_none(), properties })
}

/// Name, value before, and value after, of each property that differs.
fn differences(before: &PsObject, after: &PsObject) -> Vec<(String, String, String)> {
    let text = |value: Option<&PsValue>| value.map(|value| shorten(&cell_text(value))).unwrap_or_default();
    after
        .properties()
        .filter(|(name, _)| !NOISE.iter().any(|noise| noise.eq_ignore_ascii_case(name)))
        .filter_map(|(name, now)| {
            let then = before.get(name);
            // Equal values are not made into texts.
            (then != Some(now)).then(|| (name.to_string(), text(then), text(Some(now))))
        })
        .filter(|(_, then, now)| then != now)
        .take(MOST)
        .collect()
}

/// Why nothing can be said.
struct Untold;

/// The one object of that name; `None` if there is none.
async fn read(
    remote: &RemoteSession,
    command: &PsStr,
    identity: &str,
) -> Result<Option<Arc<PsObject>>, Untold> {
    let spec = PipelineSpec::command(command.clone())
        .parameter("Identity", PsValue::from(identity))
        .parameter("ErrorAction", PsValue::from("SilentlyContinue"));
    let mut pipeline = remote.invoke(spec);
    let mut found = None;
    let reading = async {
        let mut many = false;
        while let Some(event) = pipeline.next().await {
            match event {
                PipelineEvent::Output(PsValue::Object(object)) => {
                    many |= found.is_some();
                    found = Some(object);
                }
                PipelineEvent::Ended(_) => break,
                _ => {}
            }
        }
        many
    };
    match timeout(PATIENCE, reading).await {
        Ok(false) => Ok(found),
        // Several objects are of that name.
        Ok(true) => Err(Untold),
        Err(_) => {
            pipeline.stop();
            let ending = async { while pipeline.next().await.is_some() {} };
            let _ = timeout(STOP_PATIENCE, ending).await;
            Err(Untold)
        }
    }
}
