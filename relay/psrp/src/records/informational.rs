//! Warning, verbose and debug records (MS-PSRP sections 2.2.2.22 to 2.2.2.24 and 2.2.3.16).

use postern_shared::value::{Properties, PsObject, PsStr, PsValue, TypeNames};

use super::{InvocationInfo, others};
use crate::members::{plain_text, text, type_names};

type_names! {
    fn warning() = [
        "System.Management.Automation.WarningRecord", "System.Management.Automation.InformationalRecord",
        "System.Object",
    ];
    fn verbose() = [
        "System.Management.Automation.VerboseRecord", "System.Management.Automation.InformationalRecord",
        "System.Object",
    ];
    fn debug() = [
        "System.Management.Automation.DebugRecord", "System.Management.Automation.InformationalRecord",
        "System.Object",
    ];
}

/// Which stream a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InformationalKind {
    /// Stream 3.
    Warning,
    /// Stream 4.
    Verbose,
    /// Stream 5.
    Debug,
}

/// A warning, verbose or debug record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InformationalRecord {
    /// The text.
    pub message: PsStr,
    /// The command that wrote it, if the client asked for that.
    pub invocation: Option<InvocationInfo>,
    /// Positions in the pipeline, as they stand in the record.
    pub pipeline_iteration: PsValue,
    /// Members that are not above.
    pub others: Properties,
}

const MESSAGE: &str = "InformationalRecord_Message";
const HAS_INVOCATION: &str = "InformationalRecord_SerializeInvocationInfo";
const ITERATION: &str = "InformationalRecord_PipelineIterationInfo";

impl InformationalRecord {
    /// A record of that text.
    pub fn new(message: impl Into<PsStr>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Reads a record; a plain string is one too.
    pub fn from_value(value: &PsValue) -> Self {
        let to_string = || value.as_object().and_then(|object| object.to_string.clone());
        let has_invocation = value.get(HAS_INVOCATION).and_then(PsValue::as_bool).unwrap_or(false);
        Self {
            message: text(value, MESSAGE)
                .or_else(|| plain_text(value))
                .or_else(to_string)
                .unwrap_or_default(),
            invocation: has_invocation.then(|| InvocationInfo::from_value(value)).flatten(),
            pipeline_iteration: value.get(ITERATION).cloned().unwrap_or_default(),
            others: others(value, |name| {
                [MESSAGE, HAS_INVOCATION, ITERATION].iter().any(|known| known.eq_ignore_ascii_case(name))
                    || InvocationInfo::is_member(name)
            }),
        }
    }

    /// The object to write to that stream.
    pub fn to_value(&self, kind: InformationalKind) -> PsValue {
        let mut extended = Properties::default();
        extended.set(MESSAGE, self.message.clone());
        extended.set(HAS_INVOCATION, self.invocation.is_some());
        if let Some(invocation) = &self.invocation {
            invocation.add_to(&mut extended);
            extended.set(ITERATION, self.pipeline_iteration.clone());
        }
        for (name, value) in self.others.iter() {
            extended.set(name.clone(), value.clone());
        }
        let type_names: TypeNames = match kind {
            InformationalKind::Warning => warning(),
            InformationalKind::Verbose => verbose(),
            InformationalKind::Debug => debug(),
        };
        PsObject { type_names, to_string: Some(self.message.clone()), extended, ..PsObject::default() }.into()
    }
}

impl From<&str> for InformationalRecord {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}
