//! Records of cmdlets in PSRP's form.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use postern_psrp::{
    host::{self, HostMethod, HostRequest as PsrpRequest},
    records::{
        ErrorCategory, ErrorRecord, InformationRecord, InformationalKind, InformationalRecord, ProgressKind,
        ProgressRecord,
    },
    server::RunspacePool,
};
use postern_shared::value::{PsDateTime, PsObject, PsStr, PsValue, TypeNames, Uuid};

use crate::{
    cmdlet::{CmdletError, HostRequest, Record},
    organisation::{SERVER, moment::Moment},
};

/// The command that a record is from.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    name: PsStr,
    class: PsStr,
}

impl Origin {
    pub(super) fn cmdlet(name: PsStr, class: PsStr) -> Self {
        Self { name, class }
    }
}

/// The time by the server's clock.
pub(super) fn now() -> Moment {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    Moment(u32::try_from(seconds).unwrap_or(u32::MAX))
}

/// Writes a record into a pipeline's streams. A pipeline that was terminated meanwhile has none.
pub(super) fn write_record(pool: &mut RunspacePool, pipeline: Uuid, record: Record) {
    let line = |pool: &mut RunspacePool, kind, text: String| {
        pool.write_informational(pipeline, kind, &InformationalRecord::new(text))
    };
    let written = match record {
        Record::Output(value) => pool.write_output(pipeline, &value),
        Record::Error { error, cmdlet: (name, class) } => {
            pool.write_error(pipeline, &error_record(&error, &Origin::cmdlet(name, class), pipeline))
        }
        Record::Warning(text) => line(pool, InformationalKind::Warning, text),
        Record::Verbose(text) => line(pool, InformationalKind::Verbose, text),
        Record::Debug(text) => line(pool, InformationalKind::Debug, text),
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
    if !error.target.is_null() {
        record.target = error.target.clone();
        record.category.target_name = error.target.to_string().into();
        record.category.target_type = target_type(&error.target).into();
    }
    record
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
