//! Events of the remote runspace (MS-PSRP section 2.2.2.12).

use postern_shared::value::{PsDateTime, PsStr, PsValue, Uuid};

use crate::members::{int, list, notes, text, type_names};

type_names! {
    fn object_array() = ["System.Object[]", "System.Array", "System.Object"];
}

/// An event that was raised in the remote runspace and forwarded (`Register-…Event -Forward`, `New-Event`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserEvent {
    /// The event's number in its runspace.
    pub id: i32,
    /// What it was registered as.
    pub source: PsStr,
    /// When it was raised.
    pub time: Option<PsDateTime>,
    /// The object that raised it.
    pub sender: PsValue,
    /// The event's arguments.
    pub arguments: Vec<PsValue>,
    /// What else was said with it.
    pub message: PsValue,
    /// The machine where it was raised; empty where that is the server itself.
    pub computer: PsStr,
    /// The runspace where it was raised.
    pub runspace: Option<Uuid>,
}

impl UserEvent {
    /// Reads an event; what is missing takes its default.
    pub fn from_value(value: &PsValue) -> Self {
        let member = |name| value.get(name).cloned().unwrap_or_default();
        Self {
            id: int(value, "PSEventArgs.EventIdentifier").unwrap_or(0),
            source: text(value, "PSEventArgs.SourceIdentifier").unwrap_or_default(),
            time: match value.get("PSEventArgs.TimeGenerated") {
                Some(PsValue::DateTime(time)) => Some(*time),
                _ => None,
            },
            sender: member("PSEventArgs.Sender"),
            arguments: match value.get("PSEventArgs.SourceArgs") {
                None | Some(PsValue::Null) => Vec::new(),
                Some(arguments) => match arguments.as_list() {
                    Some(items) => items.to_vec(),
                    None => vec![arguments.clone()],
                },
            },
            message: member("PSEventArgs.MessageData"),
            computer: text(value, "PSEventArgs.ComputerName").unwrap_or_default(),
            runspace: match value.get("PSEventArgs.RunspaceId") {
                Some(PsValue::Guid(id)) => Some(*id),
                _ => None,
            },
        }
    }

    /// The object to write.
    pub fn to_value(&self) -> PsValue {
        notes([
            ("PSEventArgs.EventIdentifier", self.id.into()),
            ("PSEventArgs.SourceIdentifier", self.source.clone().into()),
            ("PSEventArgs.TimeGenerated", self.time.map_or(PsValue::Null, PsValue::DateTime)),
            ("PSEventArgs.Sender", self.sender.clone()),
            ("PSEventArgs.SourceArgs", list(object_array(), self.arguments.clone())),
            ("PSEventArgs.MessageData", self.message.clone()),
            ("PSEventArgs.ComputerName", self.computer.clone().into()),
            ("PSEventArgs.RunspaceId", self.runspace.map_or(PsValue::Null, PsValue::Guid)),
        ])
    }
}
