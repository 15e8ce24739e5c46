//! Information records (MS-PSRP section 2.2.2.26).

use postern_shared::value::{DateTimeKind, Properties, PsDateTime, PsObject, PsStr, PsValue};

use super::others;
use crate::{
    host::ConsoleColor,
    members::{list, notes_object, text, texts, type_names},
};

type_names! {
    fn tags() = [
        "System.Collections.Generic.List`1[[System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089]]",
        "System.Object",
    ];
    fn host_message() = ["System.Management.Automation.HostInformationMessage", "System.Object"];
}

/// A record of the information stream (6), also what `Write-Host` writes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InformationRecord {
    /// The message: any value.
    pub message: PsValue,
    /// What wrote it.
    pub source: PsStr,
    /// When; the machine's local time.
    pub time: Option<PsDateTime>,
    /// Tags; `PSHOST` is on what was written to the host too.
    pub tags: Vec<PsStr>,
    /// Whose process it was.
    pub user: PsStr,
    /// Which machine.
    pub computer: PsStr,
    /// Which process.
    pub process: u32,
    /// Members that are not above, thread ids for example.
    pub others: Properties,
}

/// What `Write-Host` puts into an information record (`HostInformationMessage`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostMessage {
    /// The text.
    pub text: PsStr,
    /// Text colour.
    pub foreground: Option<ConsoleColor>,
    /// Background colour.
    pub background: Option<ConsoleColor>,
    /// Whether the line goes on after it.
    pub no_new_line: bool,
}

const KNOWN: [&str; 7] = ["MessageData", "Source", "TimeGenerated", "Tags", "User", "Computer", "ProcessId"];

/// Stands for a time that is not known.
const NO_TIME: PsDateTime = PsDateTime { ticks: 0, kind: DateTimeKind::Unspecified };

impl InformationRecord {
    /// A record of that message.
    pub fn new(message: impl Into<PsValue>, source: impl Into<PsStr>) -> Self {
        Self { message: message.into(), source: source.into(), ..Self::default() }
    }

    /// What `Write-Host` wrote, if this is from it.
    pub fn host_message(&self) -> Option<HostMessage> {
        HostMessage::from_value(&self.message)
    }

    /// Reads a record; what is missing takes its default.
    pub fn from_value(value: &PsValue) -> Self {
        let string = |name| text(value, name).unwrap_or_default();
        Self {
            message: value.get("MessageData").cloned().unwrap_or_default(),
            source: string("Source"),
            time: match value.get("TimeGenerated") {
                Some(PsValue::DateTime(time)) => Some(*time),
                _ => None,
            },
            tags: value.get("Tags").map(texts).unwrap_or_default(),
            user: string("User"),
            computer: string("Computer"),
            process: value
                .get("ProcessId")
                .and_then(PsValue::as_i64)
                .and_then(|id| u32::try_from(id).ok())
                .unwrap_or(0),
            others: others(value, |name| KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name))),
        }
    }

    /// The object to write.
    pub fn to_value(&self) -> PsValue {
        let mut object = notes_object([
            ("MessageData", self.message.clone()),
            ("Source", self.source.clone().into()),
            // PowerShell takes no null here.
            ("TimeGenerated", self.time.unwrap_or(NO_TIME).into()),
            ("Tags", list(tags(), self.tags.iter().cloned().map(PsValue::Str).collect())),
            ("User", self.user.clone().into()),
            ("Computer", self.computer.clone().into()),
            ("ProcessId", self.process.into()),
        ]);
        for (name, value) in self.others.iter() {
            object.extended.set(name.clone(), value.clone());
        }
        for thread in ["NativeThreadId", "ManagedThreadId"] {
            if object.extended.get(thread).is_none() {
                object.extended.set(thread, 0_u32);
            }
        }
        object.into()
    }
}

impl HostMessage {
    /// Reads a message; `None` if the value is none.
    pub fn from_value(value: &PsValue) -> Option<Self> {
        if !value.as_object()?.is_a("System.Management.Automation.HostInformationMessage") {
            return None;
        }
        Some(Self {
            text: text(value, "Message")?,
            foreground: ConsoleColor::from_member(value, "ForegroundColor"),
            background: ConsoleColor::from_member(value, "BackgroundColor"),
            no_new_line: value.get("NoNewLine").and_then(PsValue::as_bool).unwrap_or(false),
        })
    }

    /// The object to put into a record.
    pub fn to_value(&self) -> PsValue {
        // An enum within an object is written as its text: the serialisation depth of an information record is 1.
        let color = |color: Option<ConsoleColor>| color.map(|color| PsStr::from_static(color.name())).into();
        let adapted: Properties = [
            ("Message", PsValue::Str(self.text.clone())),
            ("NoNewLine", self.no_new_line.into()),
            ("ForegroundColor", color(self.foreground)),
            ("BackgroundColor", color(self.background)),
        ]
        .into_iter()
        .collect();
        let to_string = Some(self.text.clone());
        PsObject { type_names: host_message(), to_string, adapted, ..PsObject::default() }.into()
    }
}
