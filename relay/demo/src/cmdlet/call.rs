//! A running cmdlet's view of the world: its arguments, its input, the streams, the user and the organisation.

use std::{
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use postern_shared::value::{PsDateTime, PsStr, PsTimeSpan, PsValue, Uuid};

use super::{
    Bound, Category, Change, Cmdlet, CmdletError, HostRequest, Limit, Progress, Record, Registry, Stop,
    bind::input_not_bound,
    confirm::Confirmation,
    convert::{as_limit, change},
};
use crate::organisation::Organisation;

/// Who calls, and upon what.
#[derive(Clone)]
pub struct Caller {
    /// The name that was signed in with.
    pub user: PsStr,
    /// The organisation.
    pub organisation: Arc<RwLock<Organisation>>,
    /// The cmdlets there are.
    pub registry: Registry,
}

/// Where a cmdlet's records go and its questions are answered. All of it blocks and ends with
/// [`Stop::Cancelled`] once the pipeline is stopped.
pub trait Sink {
    /// Writes a record; waits while the client is behind.
    fn write(&self, record: Record) -> Result<(), Stop>;
    /// Asks the user; gives null at once where the request has no answer.
    fn ask(&self, request: HostRequest) -> Result<PsValue, Stop>;
    /// Waits.
    fn sleep(&self, time: Duration) -> Result<(), Stop>;
    /// Fails once the pipeline is stopped.
    fn check(&self) -> Result<(), Stop>;
}

/// Where a cmdlet's input comes from.
pub trait Input {
    /// Whether there is a pipeline in front, be it empty.
    fn expected(&self) -> bool;
    /// The next object; waits for it. `None` at the end.
    fn next(&mut self) -> Result<Option<PsValue>, Stop>;
}

/// One cmdlet at work.
pub struct Call<'a> {
    cmdlet: &'static Cmdlet,
    caller: &'a Caller,
    sink: &'a dyn Sink,
    input: &'a mut dyn Input,
    bound: Bound,
    pub(super) confirmation: Confirmation,
}

/// Runs one command of a pipeline to its end: once, or once for each object of its input.
pub fn run_stage(
    cmdlet: &'static Cmdlet,
    bound: Bound,
    caller: &Caller,
    sink: &dyn Sink,
    input: &mut dyn Input,
) -> Result<(), Stop> {
    let arguments = bound.clone();
    let mut call = Call { cmdlet, caller, sink, input, bound, confirmation: Confirmation::default() };
    if cmdlet.streams || !call.input.expected() {
        call.bound.check_mandatory(cmdlet)?;
        return (cmdlet.run)(&mut call);
    }
    while let Some(object) = call.input.next()? {
        call.sink.check()?;
        let bound = match arguments.with_input(cmdlet, &object) {
            Ok(Some(bound)) => bound.check_mandatory(cmdlet).map(|()| bound),
            Ok(None) => Err(input_not_bound(&object)),
            Err(error) => Err(error),
        };
        match bound {
            Ok(bound) => {
                call.bound = bound;
                (cmdlet.run)(&mut call)?;
            }
            Err(error) => call.error(error)?,
        }
    }
    Ok(())
}

impl<'a> Call<'a> {
    /// The cmdlet that runs.
    pub fn cmdlet(&self) -> &'static Cmdlet {
        self.cmdlet
    }

    /// Who calls.
    pub fn caller(&self) -> &'a Caller {
        self.caller
    }

    /// The organisation, to read. The guard cannot be held while something is written or asked, which may wait for
    /// the client: a large result is written in portions.
    pub fn organisation(&self) -> RwLockReadGuard<'_, Organisation> {
        self.caller.organisation.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The organisation, to change; other cmdlets wait meanwhile.
    pub fn organisation_mut(&self) -> RwLockWriteGuard<'_, Organisation> {
        self.caller.organisation.write().unwrap_or_else(PoisonError::into_inner)
    }

    // Arguments. Each is named as in the declaration.

    /// Whether the parameter was given, be it null.
    pub fn given(&self, name: &str) -> bool {
        self.bound.get(name).is_some()
    }

    /// All arguments, in the order of binding.
    pub fn arguments(&self) -> &Bound {
        &self.bound
    }

    /// The converted argument; `None` where it was not given, or null.
    pub fn value(&self, name: &str) -> Option<&PsValue> {
        debug_assert!(
            self.cmdlet.all_parameters().any(|parameter| parameter.name == name),
            "{} has no parameter {name}",
            self.cmdlet.name
        );
        self.bound.get(name).filter(|value| !value.is_null())
    }

    /// A text, filter or word.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(PsValue::as_str)
    }

    /// A text list or some words; empty where nothing was given.
    pub fn texts(&self, name: &str) -> Vec<PsStr> {
        let items = self.value(name).and_then(PsValue::as_list).unwrap_or_default();
        items.iter().filter_map(|item| item.as_str().map(PsStr::from)).collect()
    }

    /// Whether a switch is on.
    pub fn switch(&self, name: &str) -> bool {
        self.flag(name).unwrap_or(false)
    }

    /// A Boolean, or a switch where it matters whether it was given.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.value(name).and_then(PsValue::as_bool)
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.value(name).and_then(PsValue::as_i64)
    }

    /// A number with a fraction.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.value(name) {
            Some(PsValue::Double(number)) => Some(*number),
            _ => None,
        }
    }

    /// A point in time.
    pub fn date(&self, name: &str) -> Option<PsDateTime> {
        match self.value(name) {
            Some(PsValue::DateTime(at)) => Some(*at),
            _ => None,
        }
    }

    /// A span of time.
    pub fn span(&self, name: &str) -> Option<PsTimeSpan> {
        match self.value(name) {
            Some(PsValue::TimeSpan(span)) => Some(*span),
            _ => None,
        }
    }

    /// A GUID.
    pub fn guid(&self, name: &str) -> Option<Uuid> {
        match self.value(name) {
            Some(PsValue::Guid(guid)) => Some(*guid),
            _ => None,
        }
    }

    /// A number or a size, or that there is no limit.
    pub fn limit(&self, name: &str) -> Option<Limit> {
        self.value(name).and_then(as_limit)
    }

    /// A change of a multivalued property; null empties it.
    pub fn change(&self, name: &str) -> Option<Change> {
        self.bound.get(name).map(change)
    }

    // Input.

    /// The next object of the pipeline, for a streaming cmdlet. `None` at the end, or where nothing is in front.
    pub fn next_input(&mut self) -> Result<Option<PsValue>, Stop> {
        if self.input.expected() { self.input.next() } else { Ok(None) }
    }

    /// Whether there is a pipeline in front.
    pub fn expects_input(&self) -> bool {
        self.input.expected()
    }

    // Streams.

    /// Writes an object.
    pub fn write(&mut self, value: impl Into<PsValue>) -> Result<(), Stop> {
        self.sink.write(Record::Output(value.into()))
    }

    /// Writes a non-terminating error. With `-ErrorAction Stop` it is a terminating one.
    pub fn error(&mut self, error: CmdletError) -> Result<(), Stop> {
        match self.action("ErrorAction") {
            "Stop" => Err(error.into()),
            "SilentlyContinue" | "Ignore" => Ok(()),
            _ => {
                let cmdlet = (self.cmdlet.name.into(), self.cmdlet.class.into());
                self.sink.write(Record::Error { error: Box::new(error), cmdlet })
            }
        }
    }

    /// Writes a warning.
    pub fn warning(&mut self, text: impl Into<String>) -> Result<(), Stop> {
        let text = text.into();
        match self.action("WarningAction") {
            "SilentlyContinue" | "Ignore" => Ok(()),
            action => {
                self.sink.write(Record::Warning(text.clone()))?;
                if action == "Stop" {
                    Err(stopped_by("WarningPreference", "WarningAction", &text))
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Writes a line of the verbose stream, which travels only with -Verbose.
    pub fn verbose(&mut self, text: impl Into<String>) -> Result<(), Stop> {
        if self.switch("Verbose") { self.sink.write(Record::Verbose(text.into())) } else { Ok(()) }
    }

    /// Writes a line of the debug stream, which travels only with -Debug.
    pub fn debug(&mut self, text: impl Into<String>) -> Result<(), Stop> {
        if self.switch("Debug") { self.sink.write(Record::Debug(text.into())) } else { Ok(()) }
    }

    /// Writes an information record with these tags.
    pub fn information(&mut self, message: impl Into<PsValue>, tags: &[&str]) -> Result<(), Stop> {
        let tags = tags.iter().map(|tag| PsStr::from(*tag)).collect();
        self.sink.write(Record::Information(message.into(), self.cmdlet.name.into(), tags))
    }

    /// Says how far the cmdlet has come.
    pub fn progress(&mut self, progress: Progress) -> Result<(), Stop> {
        self.sink.write(Record::Progress(progress))
    }

    /// Fails once the pipeline is stopped; for loops that write nothing for long.
    pub fn check(&self) -> Result<(), Stop> {
        self.sink.check()
    }

    /// Waits, or until the pipeline is stopped.
    pub fn sleep(&mut self, time: Duration) -> Result<(), Stop> {
        self.sink.sleep(time)
    }

    /// Asks the user, or shows something on the screen.
    pub fn ask(&mut self, request: HostRequest) -> Result<PsValue, Stop> {
        self.sink.ask(request)
    }

    fn action(&self, name: &str) -> &str {
        self.text(name).unwrap_or("Continue")
    }
}

fn stopped_by(preference: &str, parameter: &str, text: &str) -> Stop {
    CmdletError::plain(
        "ActionPreferenceStop",
        "System.Management.Automation.ActionPreferenceStopException",
        Category::OperationStopped,
        format!(
            "The running command stopped because the preference variable \"{preference}\" or common parameter \
             \"{parameter}\" is set to Stop: {text}"
        ),
    )
    .into()
}
