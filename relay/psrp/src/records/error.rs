//! Error records (MS-PSRP sections 2.2.2.20 and 2.2.3.15).

use std::{fmt, sync::Arc};

use postern_shared::value::{Properties, PsObject, PsStr, PsValue};

use super::{InvocationInfo, others};
use crate::members::{int, notes_object, plain_text, text, to_object, type_names};

type_names! {
    fn error_record() = ["System.Management.Automation.ErrorRecord", "System.Object"];
}

/// An error of a command: what failed, of which category, at which object, and where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorRecord {
    /// The exception with its members; its type names are the most derived first.
    pub exception: Arc<PsObject>,
    /// The object that was worked on.
    pub target: PsValue,
    /// The error's id, with further parts after commas.
    pub fully_qualified_error_id: PsStr,
    /// Category and what belongs to it.
    pub category: ErrorCategoryInfo,
    /// A better message and a recommended action, where the command gave them.
    pub details: Option<ErrorDetails>,
    /// Where in the server's scripts it happened.
    pub script_stack_trace: Option<PsStr>,
    /// The command it is from.
    pub invocation: Option<InvocationInfo>,
    /// The member `InvocationInfo` as it stands in the record.
    pub invocation_object: PsValue,
    /// Positions in the pipeline, as they stand in the record.
    pub pipeline_iteration: PsValue,
    /// The record's text.
    pub text: Option<PsStr>,
    /// Members that are not above.
    pub others: Properties,
}

/// Category of an error (section 2.2.3.15: `ErrorCategory_…`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorCategoryInfo {
    /// The category.
    pub category: ErrorCategory,
    /// The command, usually.
    pub activity: PsStr,
    /// The exception's short type name, usually.
    pub reason: PsStr,
    /// Text of the target object.
    pub target_name: PsStr,
    /// Short type name of the target object.
    pub target_type: PsStr,
    /// The whole as PowerShell prints it; made from the others if it is empty.
    pub message: PsStr,
}

/// A better message and a recommended action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorDetails {
    /// The message that is shown instead of the exception's.
    pub message: PsStr,
    /// What to do; may be empty.
    pub recommended_action: PsStr,
}

/// An exception that led to another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InnerException {
    /// Its type's full name, without `Deserialized.`; empty if unknown.
    pub type_name: PsStr,
    /// Its message.
    pub message: PsStr,
}

macro_rules! categories {
    ($($name:ident = $number:literal,)*) => {
        /// `System.Management.Automation.ErrorCategory`.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[repr(i32)]
        #[expect(missing_docs, reason = "the names are .NET's and say what they mean")]
        pub enum ErrorCategory {
            #[default]
            $($name = $number,)*
        }

        impl ErrorCategory {
            /// The category with that number; `NotSpecified` if there is none.
            pub const fn from_number(number: i32) -> Self {
                match number {
                    $($number => Self::$name,)*
                    _ => Self::NotSpecified,
                }
            }

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

categories! {
    NotSpecified = 0,
    OpenError = 1,
    CloseError = 2,
    DeviceError = 3,
    DeadlockDetected = 4,
    InvalidArgument = 5,
    InvalidData = 6,
    InvalidOperation = 7,
    InvalidResult = 8,
    InvalidType = 9,
    MetadataError = 10,
    NotImplemented = 11,
    NotInstalled = 12,
    ObjectNotFound = 13,
    OperationStopped = 14,
    OperationTimeout = 15,
    SyntaxError = 16,
    ParserError = 17,
    PermissionDenied = 18,
    ResourceBusy = 19,
    ResourceExists = 20,
    ResourceUnavailable = 21,
    ReadError = 22,
    WriteError = 23,
    FromStdErr = 24,
    SecurityError = 25,
    ProtocolError = 26,
    ConnectionError = 27,
    AuthenticationError = 28,
    LimitsExceeded = 29,
    QuotaExceeded = 30,
    NotEnabled = 31,
}

/// Members that the record's own fields hold.
const KNOWN: [&str; 15] = [
    "Exception",
    "TargetObject",
    "FullyQualifiedErrorId",
    "InvocationInfo",
    "ErrorCategory_Category",
    "ErrorCategory_Activity",
    "ErrorCategory_Reason",
    "ErrorCategory_TargetName",
    "ErrorCategory_TargetType",
    "ErrorCategory_Message",
    "ErrorDetails_Message",
    "ErrorDetails_RecommendedAction",
    "ErrorDetails_ScriptStackTrace",
    "SerializeExtendedInfo",
    "PipelineIterationInfo",
];
/// Exceptions within each other that are looked at; an object of a hostile server may lead to itself.
const MAX_INNER: usize = 32;
/// HRESULT of an exception without one of its own (`COR_E_EXCEPTION`).
const COR_E_EXCEPTION: i32 = -2_146_233_088;

impl ErrorRecord {
    /// A record with an exception of that type and message.
    pub fn new(
        exception_type: &str,
        message: impl Into<PsStr>,
        fully_qualified_error_id: impl Into<PsStr>,
        category: ErrorCategory,
    ) -> Self {
        let message = message.into();
        let adapted = [
            ("Message", PsValue::Str(message.clone())),
            ("Data", PsValue::Null),
            ("InnerException", PsValue::Null),
            ("TargetSite", PsValue::Null),
            ("StackTrace", PsValue::Null),
            ("HelpLink", PsValue::Null),
            ("Source", PsValue::Null),
            ("HResult", COR_E_EXCEPTION.into()),
        ];
        let bases = ["System.Exception", "System.Object"];
        let exception = PsObject {
            type_names: std::iter::once(exception_type).chain(bases).map(PsStr::from).collect(),
            to_string: Some(format!("{exception_type}: {message}").into()),
            adapted: adapted.into_iter().collect(),
            ..PsObject::default()
        };
        Self {
            exception: Arc::new(exception),
            fully_qualified_error_id: fully_qualified_error_id.into(),
            category: ErrorCategoryInfo {
                category,
                reason: exception_type.rsplit('.').next().unwrap_or_default().into(),
                ..ErrorCategoryInfo::default()
            },
            text: Some(message),
            ..Self::default()
        }
    }

    /// What a pipeline ends with that was stopped.
    pub fn pipeline_stopped() -> Self {
        Self::new(
            "System.Management.Automation.PipelineStoppedException",
            "The pipeline has been stopped.",
            "PipelineStopped",
            ErrorCategory::OperationStopped,
        )
    }

    /// What is shown: the details' message, else the exception's, else the record's text.
    pub fn message(&self) -> PsStr {
        self.details
            .as_ref()
            .map(|details| details.message.clone())
            .filter(|message| !message.is_empty())
            .or_else(|| self.exception.get("Message").and_then(plain_text))
            .or_else(|| self.text.clone())
            .or_else(|| self.exception.to_string.clone())
            .unwrap_or_default()
    }

    /// The exception's type name, without `Deserialized.`.
    pub fn exception_type(&self) -> &str {
        let name = self.exception.type_name();
        name.strip_prefix("Deserialized.").unwrap_or(name)
    }

    /// The exceptions within the exception, the outermost first. A server writes the first as an object if it goes deep
    /// enough, and as its text if not.
    pub fn inner_exceptions(&self) -> Vec<InnerException> {
        let mut inner = Vec::new();
        let mut next = self.exception.get("InnerException");
        while let Some(exception) = next.filter(|_| inner.len() < MAX_INNER) {
            if let PsValue::Object(object) = exception
                && let Some(message) = object.get("Message").and_then(plain_text)
            {
                let name = object.type_name();
                let type_name = name.strip_prefix("Deserialized.").unwrap_or(name).into();
                inner.push(InnerException { type_name, message });
                next = object.get("InnerException");
                continue;
            }
            // `Exception.ToString()`: the type, a colon, the message, then those within and where they were thrown.
            let text = match exception {
                PsValue::Object(object) => object.to_string.clone(),
                other => plain_text(other),
            };
            inner.extend(text.as_deref().map(InnerException::from_text));
            break;
        }
        inner
    }

    /// The command it is from. A record in a pipeline's state says so in `InvocationInfo` alone.
    pub fn command_name(&self) -> Option<PsStr> {
        let own = self.invocation.as_ref().and_then(InvocationInfo::command_name);
        own.or_else(|| text(&self.invocation_object, "MyCommand")).filter(|name| !name.is_empty())
    }

    /// The machine where it happened, if the record says so: `PSComputerName`, which clients add, or the origin that a
    /// server forwards from another one.
    pub fn computer_name(&self) -> Option<PsStr> {
        let own = self.others.get("PSComputerName").and_then(plain_text);
        let origin = || self.others.get("OriginInfo").and_then(|origin| text(origin, "PSComputerName"));
        own.or_else(origin).filter(|name| !name.is_empty())
    }

    /// Reads a record; what is missing takes its default.
    pub fn from_value(value: &PsValue) -> Self {
        let string = |name| text(value, name).unwrap_or_default();
        let has_invocation = value.get("SerializeExtendedInfo").and_then(PsValue::as_bool).unwrap_or(false);
        let details = ErrorDetails {
            message: string("ErrorDetails_Message"),
            recommended_action: string("ErrorDetails_RecommendedAction"),
        };
        Self {
            exception: value.get("Exception").map(to_object).unwrap_or_default(),
            target: value.get("TargetObject").cloned().unwrap_or_default(),
            fully_qualified_error_id: string("FullyQualifiedErrorId"),
            category: ErrorCategoryInfo {
                category: ErrorCategory::from_number(int(value, "ErrorCategory_Category").unwrap_or(0)),
                activity: string("ErrorCategory_Activity"),
                reason: string("ErrorCategory_Reason"),
                target_name: string("ErrorCategory_TargetName"),
                target_type: string("ErrorCategory_TargetType"),
                message: string("ErrorCategory_Message"),
            },
            details: (details != ErrorDetails::default()).then_some(details),
            script_stack_trace: text(value, "ErrorDetails_ScriptStackTrace"),
            invocation: has_invocation.then(|| InvocationInfo::from_value(value)).flatten(),
            invocation_object: value.get("InvocationInfo").cloned().unwrap_or_default(),
            pipeline_iteration: value.get("PipelineIterationInfo").cloned().unwrap_or_default(),
            text: value.as_object().and_then(|object| object.to_string.clone()).or_else(|| plain_text(value)),
            others: others(value, |name| {
                KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name)) || InvocationInfo::is_member(name)
            }),
        }
    }

    /// The object to write.
    pub fn to_value(&self) -> PsValue {
        let category = &self.category;
        let message = if category.message.is_empty() {
            PsStr::from(category.to_string())
        } else {
            category.message.clone()
        };
        let mut object = notes_object([
            ("Exception", PsValue::Object(Arc::clone(&self.exception))),
            ("TargetObject", self.target.clone()),
            ("FullyQualifiedErrorId", self.fully_qualified_error_id.clone().into()),
            ("InvocationInfo", self.invocation_object.clone()),
            ("ErrorCategory_Category", (category.category as i32).into()),
            ("ErrorCategory_Activity", category.activity.clone().into()),
            ("ErrorCategory_Reason", category.reason.clone().into()),
            ("ErrorCategory_TargetName", category.target_name.clone().into()),
            ("ErrorCategory_TargetType", category.target_type.clone().into()),
            ("ErrorCategory_Message", message.into()),
        ]);
        let extended = &mut object.extended;
        if let Some(details) = &self.details {
            extended.set("ErrorDetails_Message", details.message.clone());
            extended.set("ErrorDetails_RecommendedAction", details.recommended_action.clone());
        }
        if let Some(trace) = &self.script_stack_trace {
            extended.set("ErrorDetails_ScriptStackTrace", trace.clone());
        }
        extended.set("SerializeExtendedInfo", self.invocation.is_some());
        if let Some(invocation) = &self.invocation {
            invocation.add_to(extended);
            extended.set("PipelineIterationInfo", self.pipeline_iteration.clone());
        }
        for (name, value) in self.others.iter() {
            extended.set(name.clone(), value.clone());
        }
        object.type_names = error_record();
        object.to_string = Some(self.text.clone().unwrap_or_else(|| self.message()));
        object.into()
    }
}

impl InnerException {
    fn from_text(text: &str) -> Self {
        let line = text.split('\n').next().unwrap_or(text).trim_end();
        match line.split_once(": ") {
            // A type's name has no blanks.
            Some((type_name, message)) if !type_name.contains(' ') => {
                Self { type_name: type_name.into(), message: message.into() }
            }
            _ => Self { type_name: PsStr::EMPTY, message: line.into() },
        }
    }
}

impl fmt::Display for ErrorCategoryInfo {
    /// As PowerShell prints it: `Category: (Target:Type) [Activity], Reason`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { category, activity, reason, target_name, target_type, .. } = self;
        write!(f, "{}: ({target_name}:{target_type}) [{activity}], {reason}", category.name())
    }
}
