//! Host calls with typed parameters.

use std::fmt;

use postern_shared::value::{PsStr, PsValue};

use super::HostMethod;
use crate::{
    members::{array_list, int, list, notes, notes_object, plain_text, text},
    records::ProgressRecord,
};

/// A host call with its parameters read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum HostRequest {
    /// Asks for a line; the answer is its text.
    ReadLine,
    /// Asks for a line that is not shown; the answer is a secure string.
    ReadLineAsSecureString,
    /// Waits for a key; the answer is what it was.
    ReadKey {
        /// `ReadKeyOptions`: 1 lets Ctrl+C through, 2 does not show the key, 4 and 8 are for pressing and releasing it.
        options: i32,
    },
    /// Writes text (`Write1`, `Write2`, `WriteLine1` to `WriteLine3`).
    Write {
        /// The text.
        text: PsStr,
        /// Text and background colour, where they are given.
        colors: Option<(ConsoleColor, ConsoleColor)>,
        /// Whether the line ends after it.
        end_line: bool,
    },
    /// Writes an error line.
    WriteErrorLine(PsStr),
    /// Writes a debug line. The same text usually comes as a debug record too.
    WriteDebugLine(PsStr),
    /// Writes a verbose line. The same text usually comes as a verbose record too.
    WriteVerboseLine(PsStr),
    /// Writes a warning line. The same text usually comes as a warning record too.
    WriteWarningLine(PsStr),
    /// Shows progress. The same record usually comes as a progress record too.
    WriteProgress {
        /// Which source it is from.
        source: i64,
        /// The record.
        record: ProgressRecord,
    },
    /// Asks for several values; the answer is a dictionary of them.
    Prompt {
        /// Heading.
        caption: PsStr,
        /// The question.
        message: PsStr,
        /// The values asked for.
        fields: Vec<FieldDescription>,
    },
    /// Asks for user name and password (`PromptForCredential1` and `PromptForCredential2`).
    PromptForCredential {
        /// Heading.
        caption: PsStr,
        /// The question.
        message: PsStr,
        /// User name to propose; empty for none.
        user: PsStr,
        /// What the credential is for; empty if unknown.
        target: PsStr,
        /// `PSCredentialTypes` and `PSCredentialUIOptions`, where they are given.
        options: Option<(i32, i32)>,
    },
    /// Asks for one of several choices; the answer is its position.
    PromptForChoice {
        /// Heading.
        caption: PsStr,
        /// The question.
        message: PsStr,
        /// The choices.
        choices: Vec<Choice>,
        /// Position of the default; -1 for none.
        default: i32,
    },
    /// Asks for any number of choices; the answer is a list of their positions.
    PromptForChoiceMultipleSelection {
        /// Heading.
        caption: PsStr,
        /// The question.
        message: PsStr,
        /// The choices.
        choices: Vec<Choice>,
        /// Positions of the defaults.
        defaults: Vec<i32>,
    },
    /// The session wants to end with that exit code.
    SetShouldExit(i32),
    /// Sets the title of the window.
    SetWindowTitle(PsStr),
    /// Any other method, with its parameters as they stand in the message.
    Other(HostMethod, Vec<PsValue>),
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its label; an ampersand stands before its key.
    pub label: PsStr,
    /// What it does; may be empty.
    pub help: PsStr,
}

/// One value asked for (`FieldDescription`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldDescription {
    /// Its name: the key in the answer.
    pub name: PsStr,
    /// Its label; an ampersand stands before its key. Empty where the name does.
    pub label: PsStr,
    /// Short name of its type, for example `SecureString`.
    pub type_name: PsStr,
    /// Full name of its type.
    pub type_full_name: PsStr,
    /// Full name of its type and assembly.
    pub assembly_full_name: PsStr,
    /// What it is for; may be empty.
    pub help: PsStr,
    /// Whether it must be given.
    pub is_mandatory: bool,
    /// Value to propose.
    pub default: PsValue,
}

impl HostRequest {
    /// Reads a call's parameters; `None` if they are not the method's.
    pub(super) fn read(method: HostMethod, parameters: &[PsValue]) -> Option<Self> {
        let at = |position: usize| parameters.get(position);
        let string = |position: usize| at(position).map(|value| plain_text(value).unwrap_or_default());
        let number = |position: usize| i32::try_from(at(position)?.as_i64()?).ok();
        let color = |position: usize| ConsoleColor::from_number(number(position)?);
        let write = |text, colors, end_line| Some(Self::Write { text, colors, end_line });
        match method {
            HostMethod::ReadLine => Some(Self::ReadLine),
            HostMethod::ReadLineAsSecureString => Some(Self::ReadLineAsSecureString),
            HostMethod::ReadKey => Some(Self::ReadKey { options: number(0).unwrap_or(0) }),
            HostMethod::Write1 => write(string(0)?, None, false),
            HostMethod::Write2 => write(string(2)?, color(0).zip(color(1)), false),
            HostMethod::WriteLine1 => write(PsStr::EMPTY, None, true),
            HostMethod::WriteLine2 => write(string(0)?, None, true),
            HostMethod::WriteLine3 => write(string(2)?, color(0).zip(color(1)), true),
            HostMethod::WriteErrorLine => string(0).map(Self::WriteErrorLine),
            HostMethod::WriteDebugLine => string(0).map(Self::WriteDebugLine),
            HostMethod::WriteVerboseLine => string(0).map(Self::WriteVerboseLine),
            HostMethod::WriteWarningLine => string(0).map(Self::WriteWarningLine),
            HostMethod::WriteProgress => Some(Self::WriteProgress {
                source: at(0)?.as_i64()?,
                record: ProgressRecord::from_value(at(1)?),
            }),
            HostMethod::Prompt => Some(Self::Prompt {
                caption: string(0)?,
                message: string(1)?,
                fields: at(2)?.as_list()?.iter().map(FieldDescription::from_value).collect(),
            }),
            HostMethod::PromptForCredential1 | HostMethod::PromptForCredential2 => {
                Some(Self::PromptForCredential {
                    caption: string(0)?,
                    message: string(1)?,
                    user: string(2)?,
                    target: string(3)?,
                    options: number(4).zip(number(5)),
                })
            }
            HostMethod::PromptForChoice => Some(Self::PromptForChoice {
                caption: string(0)?,
                message: string(1)?,
                choices: choices(at(2)?)?,
                default: number(3)?,
            }),
            HostMethod::PromptForChoiceMultipleSelection => Some(Self::PromptForChoiceMultipleSelection {
                caption: string(0)?,
                message: string(1)?,
                choices: choices(at(2)?)?,
                defaults: match at(3) {
                    None | Some(PsValue::Null) => Vec::new(),
                    Some(defaults) => defaults
                        .as_list()?
                        .iter()
                        .map(|position| i32::try_from(position.as_i64()?).ok())
                        .collect::<Option<_>>()?,
                },
            }),
            HostMethod::SetShouldExit => number(0).map(Self::SetShouldExit),
            HostMethod::SetWindowTitle => string(0).map(Self::SetWindowTitle),
            other => Some(Self::Other(other, parameters.to_vec())),
        }
    }

    /// The method that is called.
    pub fn method(&self) -> HostMethod {
        match self {
            Self::ReadLine => HostMethod::ReadLine,
            Self::ReadLineAsSecureString => HostMethod::ReadLineAsSecureString,
            Self::ReadKey { .. } => HostMethod::ReadKey,
            Self::Write { colors: None, end_line: false, .. } => HostMethod::Write1,
            Self::Write { colors: Some(_), end_line: false, .. } => HostMethod::Write2,
            Self::Write { colors: None, end_line: true, text } if text.is_empty() => HostMethod::WriteLine1,
            Self::Write { colors: None, end_line: true, .. } => HostMethod::WriteLine2,
            Self::Write { colors: Some(_), end_line: true, .. } => HostMethod::WriteLine3,
            Self::WriteErrorLine(_) => HostMethod::WriteErrorLine,
            Self::WriteDebugLine(_) => HostMethod::WriteDebugLine,
            Self::WriteVerboseLine(_) => HostMethod::WriteVerboseLine,
            Self::WriteWarningLine(_) => HostMethod::WriteWarningLine,
            Self::WriteProgress { .. } => HostMethod::WriteProgress,
            Self::Prompt { .. } => HostMethod::Prompt,
            Self::PromptForCredential { options: None, .. } => HostMethod::PromptForCredential1,
            Self::PromptForCredential { options: Some(_), .. } => HostMethod::PromptForCredential2,
            Self::PromptForChoice { .. } => HostMethod::PromptForChoice,
            Self::PromptForChoiceMultipleSelection { .. } => HostMethod::PromptForChoiceMultipleSelection,
            Self::SetShouldExit(_) => HostMethod::SetShouldExit,
            Self::SetWindowTitle(_) => HostMethod::SetWindowTitle,
            Self::Other(method, _) => *method,
        }
    }

    pub(super) fn parameters(&self) -> Vec<PsValue> {
        let string = |text: &PsStr| PsValue::Str(text.clone());
        match self {
            Self::ReadLine | Self::ReadLineAsSecureString => Vec::new(),
            Self::ReadKey { options } => vec![(*options).into()],
            Self::Write { text, colors, end_line } => match colors {
                None if *end_line && text.is_empty() => Vec::new(),
                None => vec![string(text)],
                Some((foreground, background)) => {
                    vec![foreground.number().into(), background.number().into(), string(text)]
                }
            },
            Self::WriteErrorLine(text)
            | Self::WriteDebugLine(text)
            | Self::WriteVerboseLine(text)
            | Self::WriteWarningLine(text)
            | Self::SetWindowTitle(text) => vec![string(text)],
            Self::WriteProgress { source, record } => vec![(*source).into(), record.to_value()],
            Self::Prompt { caption, message, fields } => {
                let fields = fields.iter().map(FieldDescription::to_value).collect();
                vec![string(caption), string(message), list(array_list(), fields)]
            }
            Self::PromptForCredential { caption, message, user, target, options } => {
                let mut all = vec![string(caption), string(message), string(user), string(target)];
                if let Some((types, flags)) = options {
                    all.extend([PsValue::I32(*types), PsValue::I32(*flags)]);
                }
                all
            }
            Self::PromptForChoice { caption, message, choices, default } => {
                vec![string(caption), string(message), choices_value(choices), (*default).into()]
            }
            Self::PromptForChoiceMultipleSelection { caption, message, choices, defaults } => {
                let defaults = list(array_list(), defaults.iter().copied().map(PsValue::I32).collect());
                vec![string(caption), string(message), choices_value(choices), defaults]
            }
            Self::SetShouldExit(code) => vec![(*code).into()],
            Self::Other(_, parameters) => parameters.clone(),
        }
    }
}

fn choices(value: &PsValue) -> Option<Vec<Choice>> {
    // The keys are lower-case on the wire; members are found without case.
    let choice = |value: &PsValue| {
        Some(Choice { label: text(value, "label")?, help: text(value, "helpMessage").unwrap_or_default() })
    };
    value.as_list()?.iter().map(choice).collect()
}

fn choices_value(choices: &[Choice]) -> PsValue {
    let choice = |choice: &Choice| {
        notes([("label", choice.label.clone().into()), ("helpMessage", choice.help.clone().into())])
    };
    list(array_list(), choices.iter().map(choice).collect())
}

impl FieldDescription {
    /// A mandatory field of that .NET type, for example `System.String`.
    pub fn new(name: impl Into<PsStr>, type_full_name: impl Into<PsStr>) -> Self {
        let type_full_name = type_full_name.into();
        let type_name = type_full_name.rsplit('.').next().unwrap_or_default().into();
        let assembly_full_name = format!(
            "{type_full_name}, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
        )
        .into();
        let name = name.into();
        Self { name, type_name, type_full_name, assembly_full_name, is_mandatory: true, ..Self::default() }
    }

    fn from_value(value: &PsValue) -> Self {
        let string = |name| text(value, name).unwrap_or_default();
        Self {
            name: string("name"),
            label: string("label"),
            type_name: string("parameterTypeName"),
            type_full_name: string("parameterTypeFullName"),
            assembly_full_name: string("parameterAssemblyFullName"),
            help: string("helpMessage"),
            is_mandatory: value.get("isMandatory").and_then(PsValue::as_bool).unwrap_or(true),
            default: value.get("defaultValue").cloned().unwrap_or_default(),
        }
    }

    fn to_value(&self) -> PsValue {
        let mut object = notes_object([
            ("name", self.name.clone().into()),
            ("label", self.label.clone().into()),
            ("parameterTypeName", self.type_name.clone().into()),
            ("parameterTypeFullName", self.type_full_name.clone().into()),
            ("parameterAssemblyFullName", self.assembly_full_name.clone().into()),
            ("helpMessage", self.help.clone().into()),
            ("isMandatory", self.is_mandatory.into()),
        ]);
        if !self.default.is_null() {
            object.extended.set("defaultValue", self.default.clone());
        }
        object.extended.set("metadata", list(array_list(), Vec::new()));
        object.extended.set("modifiedByRemotingProtocol", false);
        object.extended.set("isFromRemoteHost", false);
        object.into()
    }
}

/// `System.ConsoleColor`: 0 to 15.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsoleColor(u8);

/// The colours' names in the order of their numbers.
const COLORS: [&str; 16] = [
    "Black",
    "DarkBlue",
    "DarkGreen",
    "DarkCyan",
    "DarkRed",
    "DarkMagenta",
    "DarkYellow",
    "Gray",
    "DarkGray",
    "Blue",
    "Green",
    "Cyan",
    "Red",
    "Magenta",
    "Yellow",
    "White",
];

impl ConsoleColor {
    /// The colour with that number, 0 (black) to 15 (white).
    pub const fn from_number(number: i32) -> Option<Self> {
        if number >= 0 && number < 16 { Some(Self(number as u8)) } else { None }
    }

    /// The colour with that name, compared without case.
    pub fn from_name(name: &str) -> Option<Self> {
        let number = COLORS.iter().position(|own| own.eq_ignore_ascii_case(name))?;
        Some(Self(number as u8))
    }

    /// Reads a number, an enum or its text.
    pub(crate) fn from_member(value: &PsValue, name: &str) -> Option<Self> {
        match int(value, name) {
            Some(number) => Self::from_number(number),
            None => Self::from_name(value.get(name)?.as_str()?),
        }
    }

    /// Its number.
    pub const fn number(self) -> i32 {
        self.0 as i32
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        COLORS.get(usize::from(self.0)).copied().unwrap_or_default()
    }
}

impl fmt::Display for ConsoleColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
