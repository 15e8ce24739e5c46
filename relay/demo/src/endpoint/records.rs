//! Records of cmdlets in PSRP's form.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use postern_psrp::{
    host::{self, HostMethod, HostRequest as PsrpRequest},
    records::{
        ErrorCategory, ErrorRecord, InformationRecord, InformationalKind, InformationalRecord,
        InvocationInfo, ProgressKind, ProgressRecord,
    },
    server::RunspacePool,
};
use postern_shared::value::{Content, PsDateTime, PsObject, PsStr, PsValue, TypeNames, Uuid};

use crate::{
    cmdlet::{CmdletError, HostRequest, Record},
    organisation::{SERVER, moment::Moment},
};

/// The command that a record is from.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    name: PsStr,
    class: PsStr,
    invocation: Option<InvocationInfo>,
    /// `RemoteStreamOptions`: which records are to say so.
    options: i32,
}

/// Bits of `RemoteStreamOptions` (MS-PSRP section 2.2.3.9).
const IN_ERRORS: i32 = 1;
const IN_WARNINGS: i32 = 2;
const IN_DEBUG: i32 = 4;
const IN_VERBOSE: i32 = 8;

impl Origin {
    pub(super) fn cmdlet(name: PsStr, class: PsStr) -> Self {
        Self { name, class, ..Self::default() }
    }

    /// With what it was invoked with, for records of which the client wants to know that.
    pub(super) fn invoked(self, parameters: Vec<(PsStr, PsValue)>, options: i32) -> Self {
        let invocation = Some(InvocationInfo::of_cmdlet(self.name.clone(), parameters, 1));
        Self { invocation, options, ..self }
    }

    fn invocation(&self, option: i32) -> Option<&InvocationInfo> {
        self.invocation.as_ref().filter(|_| self.options & option != 0)
    }
}

/// The time by the server's clock.
pub(super) fn now() -> Moment {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    Moment(u32::try_from(seconds).unwrap_or(u32::MAX))
}

/// Writes a record into a pipeline's streams. A pipeline that was terminated meanwhile has none.
pub(super) fn write_record(pool: &mut RunspacePool, pipeline: Uuid, record: Record, origin: &Origin) {
    let line = |pool: &mut RunspacePool, kind, option, text: String| {
        let record = InformationalRecord {
            invocation: origin.invocation(option).cloned(),
            pipeline_iteration: origin.invocation(option).map(|_| iteration()).unwrap_or_default(),
            ..InformationalRecord::new(text)
        };
        pool.write_informational(pipeline, kind, &record)
    };
    let written = match record {
        Record::Output(value) => pool.write_output(pipeline, &value),
        Record::Error { error, cmdlet: (name, class) } => {
            let origin = Origin { name, class, ..origin.clone() };
            pool.write_error(pipeline, &error_record(&error, &origin, pipeline))
        }
        Record::Warning(text) => line(pool, InformationalKind::Warning, IN_WARNINGS, text),
        Record::Verbose(text) => line(pool, InformationalKind::Verbose, IN_VERBOSE, text),
        Record::Debug(text) => line(pool, InformationalKind::Debug, IN_DEBUG, text),
        Record::Information(message, source, tags) => {
            let record = InformationRecord {
                tags,
                time: Some(now().local()),
                computer: SERVER.into(),
                ..InformationRecord::new(message, source)
            };
            pool.write_information(pipeline, &record)
        }
        Record::Progress(progress) => {
            let record = ProgressRecord {
                percent_complete: progress.percent,
                seconds_remaining: progress.seconds,
                kind: if progress.completed { ProgressKind::Completed } else { ProgressKind::Processing },
                ..ProgressRecord::new(progress.id, progress.activity, progress.status)
            };
            pool.write_progress(pipeline, &record)
        }
    };
    if let Err(error) = written {
        tracing::debug!(%error, "A record was not written");
    }
}

/// A host call in PSRP's form.
pub(super) fn host_request(request: HostRequest) -> PsrpRequest {
    let write = |text: String, end_line| PsrpRequest::Write { text: text.into(), colors: None, end_line };
    match request {
        HostRequest::Write(text) => write(text, false),
        HostRequest::WriteLine(text) => write(text, true),
        HostRequest::Clear => PsrpRequest::Other(HostMethod::SetBufferContents1, clear_screen()),
        HostRequest::Exit(code) => PsrpRequest::SetShouldExit(code),
        HostRequest::ReadLine => PsrpRequest::ReadLine,
        HostRequest::ReadSecret => PsrpRequest::ReadLineAsSecureString,
        HostRequest::Choose { caption, message, choices, default } => PsrpRequest::PromptForChoice {
            caption: caption.into(),
            message: message.into(),
            choices: choices
                .into_iter()
                .map(|choice| host::Choice { label: choice.label.into(), help: choice.help.into() })
                .collect(),
            default,
        },
        HostRequest::Credential { caption, message, user } => PsrpRequest::PromptForCredential {
            caption: caption.into(),
            message: message.into(),
            user: user.into(),
            target: PsStr::EMPTY,
            options: None,
        },
    }
}

/// Parameters of `SetBufferContents` that clear the whole screen: no bounds, and a blank in the usual colours.
fn clear_screen() -> Vec<PsValue> {
    let notes = |members: Vec<(&str, PsValue)>| -> PsValue {
        PsObject { extended: members.into_iter().collect(), ..PsObject::default() }.into()
    };
    let everywhere = ["left", "top", "right", "bottom"].map(|edge| (edge, PsValue::I32(-1))).to_vec();
    let blank = vec![
        ("character", PsValue::Char(u16::from(b' '))),
        ("foregroundColor", 7.into()),
        ("backgroundColor", 0.into()),
        ("bufferCellType", 0.into()),
    ];
    vec![notes(everywhere), notes(blank)]
}

/// An error in PSRP's form.
pub(super) fn error_record(error: &CmdletError, origin: &Origin, pipeline: Uuid) -> ErrorRecord {
    let id = match (error.from_exchange, origin.class.is_empty()) {
        (true, _) => format!(
            "[Server={SERVER},RequestId={pipeline},TimeStamp={}] {},{}",
            time_stamp(now().utc()),
            error.id,
            origin.class
        ),
        (false, true) => error.id.to_string(),
        (false, false) => format!("{},{}", error.id, origin.class),
    };
    let category = ErrorCategory::from_number(error.category as i32);
    let mut record = ErrorRecord::new(&error.exception, &*error.message, id, category);
    let exception = Arc::make_mut(&mut record.exception);
    exception.type_names = exception_types(&error.exception);
    if let Some((name, value)) = &error.detail {
        exception.adapted.set(*name, value.clone());
    }
    record.category.activity = origin.name.clone();
    if let Some(invocation) = origin.invocation(IN_ERRORS) {
        record.invocation_object = invocation.to_object();
        record.invocation = Some(invocation.clone());
        record.pipeline_iteration = iteration();
    }
    if !error.target.is_null() {
        record.target = error.target.clone();
        record.category.target_name = error.target.to_string().into();
        record.category.target_type = target_type(&error.target).into();
    }
    record
}

/// `PipelineIterationInfo` of a pipeline whose first command is at its first object.
fn iteration() -> PsValue {
    let type_names = [
        "System.Collections.ObjectModel.ReadOnlyCollection`1[[System.Int32, mscorlib, Version=4.0.0.0, Culture=neutral, \
         PublicKeyToken=b77a5c561934e089]]",
        "System.Object",
    ];
    PsObject {
        type_names: type_names.map(PsStr::from_static).into(),
        content: Content::List(vec![PsValue::I32(0), PsValue::I32(1)]),
        ..PsObject::default()
    }
    .into()
}

/// The type names of an exception: its own and its bases, as far as clients look at them.
fn exception_types(exception: &str) -> TypeNames {
    let between: &[&str] = if exception.starts_with("Microsoft.Exchange.") {
        &["Microsoft.Exchange.Data.Common.LocalizedException"]
    } else if exception.starts_with("System.Management.Automation.ParameterBinding") {
        &[
            "System.Management.Automation.ParameterBindingException",
            "System.Management.Automation.RuntimeException",
            "System.SystemException",
        ]
    } else if exception.starts_with("System.Management.Automation.") {
        &["System.Management.Automation.RuntimeException", "System.SystemException"]
    } else {
        &["System.SystemException"]
    };
    let mut names = vec![exception];
    names.extend(between.iter().filter(|base| **base != exception));
    names.extend(["System.Exception", "System.Object"]);
    names.into_iter().map(PsStr::from).collect()
}

fn target_type(target: &PsValue) -> String {
    match target {
        PsValue::Str(_) => "String".into(),
        PsValue::I32(_) => "Int32".into(),
        PsValue::Object(object) => object.type_name().rsplit('.').next().unwrap_or_default().into(),
        _ => "Object".into(),
    }
}

/// As .NET writes a time in the culture en-US: `1/31/2026 9:05:07 PM`.
fn time_stamp(at: PsDateTime) -> String {
    let at = at.fields();
    let (hour, half) = (at.hour() % 12, if at.hour() < 12 { "AM" } else { "PM" });
    let hour = if hour == 0 { 12 } else { hour };
    let (month, day, year) = (u8::from(at.month()), at.day(), at.year());
    format!("{month}/{day}/{year} {hour}:{:02}:{:02} {half}", at.minute(), at.second())
}
