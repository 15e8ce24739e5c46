//! Progress records (MS-PSRP section 2.2.2.25).

use postern_shared::value::{Properties, PsStr, PsValue};

use super::others;
use crate::members::{enum_member, int, notes_object, text, type_names};

type_names! {
    fn record_type() =
        ["System.Management.Automation.ProgressRecordType", "System.Enum", "System.ValueType", "System.Object"];
}

/// How an activity stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProgressRecord {
    /// What is done.
    pub activity: PsStr,
    /// The activity's number.
    pub activity_id: i32,
    /// How it stands.
    pub status: PsStr,
    /// What is being worked on.
    pub current_operation: Option<PsStr>,
    /// The enclosing activity's number; -1 for none.
    pub parent_activity_id: i32,
    /// 0 to 100; -1 while unknown.
    pub percent_complete: i32,
    /// Seconds left; -1 while unknown.
    pub seconds_remaining: i32,
    /// Whether it goes on.
    pub kind: ProgressKind,
    /// Members that are not above.
    pub others: Properties,
}

/// Whether an activity goes on (`ProgressRecordType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProgressKind {
    /// It goes on.
    #[default]
    Processing,
    /// It is over.
    Completed,
}

const KNOWN: [&str; 8] = [
    "Activity",
    "ActivityId",
    "StatusDescription",
    "CurrentOperation",
    "ParentActivityId",
    "PercentComplete",
    "Type",
    "SecondsRemaining",
];

impl ProgressRecord {
    /// A record of that activity, without a parent, a percentage or a time.
    pub fn new(activity_id: i32, activity: impl Into<PsStr>, status: impl Into<PsStr>) -> Self {
        Self {
            activity: activity.into(),
            activity_id,
            status: status.into(),
            parent_activity_id: -1,
            percent_complete: -1,
            seconds_remaining: -1,
            ..Self::default()
        }
    }

    /// Reads a record; what is missing takes its default.
    pub fn from_value(value: &PsValue) -> Self {
        let number = |name, default| int(value, name).unwrap_or(default);
        Self {
            activity: text(value, "Activity").unwrap_or_default(),
            activity_id: number("ActivityId", 0),
            status: text(value, "StatusDescription").unwrap_or_default(),
            current_operation: text(value, "CurrentOperation"),
            parent_activity_id: number("ParentActivityId", -1),
            percent_complete: number("PercentComplete", -1),
            seconds_remaining: number("SecondsRemaining", -1),
            kind: if number("Type", 0) == 1 { ProgressKind::Completed } else { ProgressKind::Processing },
            others: others(value, |name| KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name))),
        }
    }

    /// The object to write.
    pub fn to_value(&self) -> PsValue {
        let kind = match self.kind {
            ProgressKind::Processing => enum_member(record_type(), "Processing", 0),
            ProgressKind::Completed => enum_member(record_type(), "Completed", 1),
        };
        let mut object = notes_object([
            ("Activity", self.activity.clone().into()),
            ("ActivityId", self.activity_id.into()),
            ("StatusDescription", self.status.clone().into()),
            ("CurrentOperation", self.current_operation.clone().into()),
            ("ParentActivityId", self.parent_activity_id.into()),
            ("PercentComplete", self.percent_complete.into()),
            ("Type", kind),
            ("SecondsRemaining", self.seconds_remaining.into()),
        ]);
        for (name, value) in self.others.iter() {
            object.extended.set(name.clone(), value.clone());
        }
        object.into()
    }
}
