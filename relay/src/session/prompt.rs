//! Questions of the remote side: a host call becomes a question to the user, the answer its response.

use std::mem::take;

use postern_psrp::host::{Console, HostCall, HostRequest, HostResponse};
use postern_shared::{
    value::{Content, PsObject, PsStr, PsValue, PsVersion, SecureString, Uuid},
    wire::{Answer, Choice, Field, PromptKind},
};
use postern_wsman::client::ConnectOptions;
use zeroize::{Zeroize as _, Zeroizing};

use super::failure::shorten;

/// Choices or fields of one question.
const MOST_ITEMS: usize = 256;

/// A page's answer on its way to its question. Any but a choice may be a secret, so it is zeroed where it is dropped:
/// because nothing is asked any more, it does not fit the question, or the session ends first.
#[derive(Debug)]
pub(crate) struct Reply(Answer);

impl Reply {
    pub(crate) fn new(answer: Answer) -> Self {
        Self(answer)
    }

    /// The answer. What is used of it is taken out.
    pub(super) fn answer(&mut self) -> &mut Answer {
        &mut self.0
    }

    /// Whether the user does not want to answer.
    pub(super) fn is_cancel(&self) -> bool {
        self.0 == Answer::Cancel
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        match &mut self.0 {
            Answer::Line(line) => line.zeroize(),
            Answer::Credential { user, password } => {
                user.zeroize();
                password.zeroize();
            }
            Answer::Fields(values) => values.zeroize(),
            Answer::Choice(_) | Answer::Cancel => {}
        }
    }
}

/// The host of a session as the remote side sees it: the console that its runspace pool is opened with.
pub(super) fn console() -> Console {
    let part = |text: &str| text.parse().unwrap_or(0);
    let mut instance = [0; 16];
    // Nothing depends on it: without random numbers it is the null id.
    let _ = getrandom::fill(&mut instance);
    Console {
        name: PsStr::from_static("Postern"),
        version: PsVersion {
            major: part(env!("CARGO_PKG_VERSION_MAJOR")),
            minor: part(env!("CARGO_PKG_VERSION_MINOR")),
            build: part(env!("CARGO_PKG_VERSION_PATCH")),
            revision: -1,
        },
        instance: Uuid::from_bytes(instance),
        culture: PsStr::from_static("en-US"),
        ui_culture: PsStr::from_static("en-US"),
        screen: ConnectOptions::default().pool.host.default_data.unwrap_or_default(),
    }
}

/// The question of a call that the user has to answer: heading, question, what is asked for.
pub(super) fn question(request: &HostRequest) -> Option<(&str, &str, PromptKind)> {
    Some(match request {
        HostRequest::ReadLine => ("", "", PromptKind::Line { secret: false }),
        HostRequest::ReadLineAsSecureString => ("", "", PromptKind::Line { secret: true }),
        // A page has no keys of a terminal: what is typed into the line is the key, and nothing is Enter.
        HostRequest::ReadKey { .. } => {
            ("", "The command waits for a key.", PromptKind::Line { secret: false })
        }
        HostRequest::PromptForChoice { caption, message, choices, default } => {
            let defaults = u32::try_from(*default).into_iter().collect();
            let kind = PromptKind::Choice { choices: choices_of(choices)?, defaults, multiple: false };
            (caption.as_str(), message.as_str(), kind)
        }
        HostRequest::PromptForChoiceMultipleSelection { caption, message, choices, defaults } => {
            let defaults = defaults.iter().filter_map(|default| u32::try_from(*default).ok()).collect();
            let kind = PromptKind::Choice { choices: choices_of(choices)?, defaults, multiple: true };
            (caption.as_str(), message.as_str(), kind)
        }
        HostRequest::PromptForCredential { caption, message, user, .. } => {
            (caption.as_str(), message.as_str(), PromptKind::Credential { user: shorten(user.as_str()) })
        }
        HostRequest::Prompt { caption, message, fields } if fields.len() <= MOST_ITEMS => {
            let fields = fields
                .iter()
                .map(|field| {
                    let (label, _) = label(field.label.as_str());
                    Field {
                        name: shorten(field.name.as_str()),
                        label: if label.is_empty() { shorten(field.name.as_str()) } else { label },
                        help: shorten(field.help.as_str()),
                        type_name: shorten(field.type_full_name.as_str()),
                        secret: is_secret(field.type_full_name.as_str()),
                        mandatory: field.is_mandatory,
                        default: if field.default.is_null() {
                            String::new()
                        } else {
                            shorten(&field.default.to_string())
                        },
                    }
                })
                .collect();
            (caption.as_str(), message.as_str(), PromptKind::Fields(fields))
        }
        _ => return None,
    })
}

fn choices_of(choices: &[postern_psrp::host::Choice]) -> Option<Vec<Choice>> {
    (choices.len() <= MOST_ITEMS).then(|| {
        choices
            .iter()
            .map(|choice| {
                let (label, key) = label(choice.label.as_str());
                Choice { label, key, help: shorten(choice.help.as_str()) }
            })
            .collect()
    })
}

/// A label without its ampersand, and the key after it.
pub(super) fn label(text: &str) -> (String, Option<char>) {
    match text.split_once('&') {
        Some((before, after)) => (shorten(&format!("{before}{after}")), after.chars().next()),
        None => (shorten(text), None),
    }
}

/// The response to a call; `None` if the answer is not one to it. What is used of the answer is taken out of it.
pub(super) fn respond(call: &HostCall, request: &HostRequest, answer: &mut Answer) -> Option<HostResponse> {
    let secure = |text: &mut String| SecureString::Clear(Zeroizing::new(take(text)));
    match (request, answer) {
        (HostRequest::ReadLine, Answer::Line(line)) => call.answer_line(take(line)),
        (HostRequest::ReadKey { .. }, Answer::Line(line)) => {
            call.answer_key(line.chars().next().unwrap_or('\r'))
        }
        (HostRequest::ReadLineAsSecureString, Answer::Line(line)) => call.answer_secure_line(secure(line)),
        (HostRequest::PromptForChoice { choices, .. }, Answer::Choice(chosen)) => match chosen[..] {
            [position] if (position as usize) < choices.len() => {
                call.answer_choice(i32::try_from(position).ok()?)
            }
            _ => None,
        },
        (HostRequest::PromptForChoiceMultipleSelection { choices, .. }, Answer::Choice(chosen)) => {
            let positions: Option<Vec<i32>> = chosen
                .iter()
                .map(|position| {
                    i32::try_from(*position).ok().filter(|_| (*position as usize) < choices.len())
                })
                .collect();
            call.answer_choices(&positions?)
        }
        (HostRequest::PromptForCredential { .. }, Answer::Credential { user, password }) => {
            call.answer_credential(take(user), secure(password))
        }
        (HostRequest::Prompt { fields, .. }, Answer::Fields(values)) if fields.len() == values.len() => {
            let typed = fields.iter().zip(values).map(|(field, text)| {
                let value = typed(field.type_full_name.as_str(), take(text))?;
                Some((field.name.clone(), value))
            });
            call.answer_fields(typed.collect::<Option<Vec<(PsStr, PsValue)>>>()?)
        }
        _ => None,
    }
}

fn is_secret(type_name: &str) -> bool {
    type_name.eq_ignore_ascii_case("System.Security.SecureString")
}

/// What was typed, as the type that is asked for; `None` if it is not one.
fn typed(type_name: &str, text: String) -> Option<PsValue> {
    if is_secret(type_name) {
        return Some(PsValue::SecureString(SecureString::Clear(Zeroizing::new(text)).into()));
    }
    let trimmed = text.trim();
    Some(match type_name.to_ascii_lowercase().as_str() {
        "system.byte" => PsValue::U8(trimmed.parse().ok()?),
        "system.int16" => PsValue::I16(trimmed.parse().ok()?),
        "system.int32" => PsValue::I32(trimmed.parse().ok()?),
        "system.uint32" => PsValue::U32(trimmed.parse().ok()?),
        "system.int64" => PsValue::I64(trimmed.parse().ok()?),
        "system.uint64" => PsValue::U64(trimmed.parse().ok()?),
        "system.double" => PsValue::Double(trimmed.parse().ok()?),
        "system.decimal" => PsValue::Decimal(trimmed.parse().ok()?),
        "system.guid" => PsValue::Guid(trimmed.parse().ok()?),
        "system.version" => PsValue::Version(PsVersion::parse(trimmed)?),
        "system.char" => {
            let mut units = trimmed.encode_utf16();
            units.next().filter(|_| units.next().is_none()).map(PsValue::Char)?
        }
        "system.boolean" | "system.management.automation.switchparameter" => {
            PsValue::Bool(match trimmed.trim_start_matches('$').to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => true,
                "false" | "no" | "0" => false,
                _ => return None,
            })
        }
        // One value a line, as far as a line can tell.
        "system.string[]" | "system.object[]" => {
            let items: Vec<PsValue> = text.lines().map(PsValue::from).collect();
            let type_names = [type_name, "System.Array", "System.Object"].map(PsStr::from).into();
            PsObject { type_names, content: Content::List(items), ..PsObject::default() }.into()
        }
        _ => PsValue::from(text),
    })
}

#[cfg(test)]
mod tests {
    use postern_psrp::host::{FieldDescription, HostMethod};

    use super::*;

    struct Asked(HostCall, HostRequest);

    impl Asked {
        fn answer(&self, answer: Answer) -> Option<HostResponse> {
            respond(&self.0, &self.1, Reply::new(answer).answer())
        }
    }

    fn ask(request: HostRequest) -> (Asked, PromptKind) {
        let call = HostCall { id: 7, pipeline: None, method: request.method(), parameters: Vec::new() };
        let (_, _, kind) = question(&request).unwrap();
        (Asked(call, request), kind)
    }

    fn confirm() -> HostRequest {
        let choice = |label: &str| postern_psrp::host::Choice { label: label.into(), help: "".into() };
        HostRequest::PromptForChoice {
            caption: "Confirm".into(),
            message: "Are you sure?".into(),
            choices: vec![choice("&Yes"), choice("Yes to &All"), choice("&No")],
            default: 0,
        }
    }

    #[test]
    fn a_confirmation_is_asked_and_answered() {
        let (asked, kind) = ask(confirm());
        let PromptKind::Choice { choices, defaults, multiple: false } = kind else { panic!() };
        assert_eq!((choices[1].label.as_str(), choices[1].key), ("Yes to All", Some('A')));
        assert_eq!(defaults, [0]);
        for wrong in [Answer::Choice(vec![]), Answer::Choice(vec![3]), Answer::Line("y".into())] {
            assert!(asked.answer(wrong).is_none());
        }
        let response = asked.answer(Answer::Choice(vec![2])).unwrap();
        assert_eq!((response.id, response.method), (7, HostMethod::PromptForChoice));
        assert_eq!(response.outcome, Ok(PsValue::I32(2)));
    }

    #[test]
    fn fields_are_answered_in_their_types() {
        let field = |name: &str, type_name: &str| FieldDescription {
            name: name.into(),
            type_full_name: type_name.into(),
            ..FieldDescription::default()
        };
        let request = HostRequest::Prompt {
            caption: "".into(),
            message: "".into(),
            fields: vec![field("Count", "System.Int32"), field("Secret", "System.Security.SecureString")],
        };
        let (asked, kind) = ask(request);
        let PromptKind::Fields(fields) = kind else { panic!() };
        assert!(fields[1].secret && fields[0].label == "Count");
        assert!(asked.answer(Answer::Fields(vec!["many".into(), "x".into()])).is_none());
        assert!(asked.answer(Answer::Fields(vec!["3".into(), "x".into()])).is_some());
    }

    #[test]
    fn every_kind_of_question_is_asked_and_answered() {
        let secret = || SecureString::Clear(Zeroizing::new("pw".to_owned()));
        let credential = |options| HostRequest::PromptForCredential {
            caption: "Sign in".into(),
            message: "Who?".into(),
            user: "me".into(),
            target: "".into(),
            options,
        };
        let several = HostRequest::PromptForChoiceMultipleSelection {
            caption: "".into(),
            message: "".into(),
            choices: vec![postern_psrp::host::Choice { label: "&A".into(), help: "".into() }; 3],
            defaults: vec![1, -1],
        };
        let entered = || Answer::Credential { user: "nora".into(), password: "pw".into() };
        for (request, kind, answer, check) in [
            (
                HostRequest::ReadLine,
                "Line",
                Answer::Line("x".into()),
                (|v| *v == "x".into()) as fn(&PsValue) -> bool,
            ),
            (HostRequest::ReadKey { options: 4 }, "Line", Answer::Line(String::new()), |v| {
                v.get("character") == Some(&PsValue::Char(13))
            }),
            (HostRequest::ReadLineAsSecureString, "Line", Answer::Line("pw".into()), |v| {
                matches!(v, PsValue::SecureString(_))
            }),
            (credential(None), "Credential", entered(), |v| v.get("UserName") == Some(&"nora".into())),
            (credential(Some((1, 0))), "Credential", entered(), |v| {
                matches!(v.get("Password"), Some(PsValue::SecureString(_)))
            }),
            (several, "Choice", Answer::Choice(vec![0, 2]), |v| {
                v.as_list() == Some(&[PsValue::I32(0), PsValue::I32(2)][..])
            }),
        ] {
            let (asked, asked_for) = ask(request);
            assert!(format!("{asked_for:?}").starts_with(kind), "{asked_for:?}");
            let response = asked.answer(answer).unwrap();
            assert!(response.outcome.as_ref().is_ok_and(check), "{response:?}");
            if let Ok(PsValue::SecureString(answered)) = &response.outcome {
                assert_eq!(**answered, secret());
            }
        }
    }

    #[test]
    fn fields_of_all_types_are_read() {
        for (type_name, text, value) in [
            ("System.Byte", "255", PsValue::U8(255)),
            ("System.Decimal", "1.50", PsValue::Decimal("1.50".parse().unwrap())),
            ("System.Version", "1.2.3", PsVersion::parse("1.2.3").unwrap().into()),
            ("System.Char", "x", PsValue::Char(u16::from(b'x'))),
            ("System.Boolean", "$true", true.into()),
            ("System.Uri", " a ", " a ".into()),
        ] {
            assert_eq!(typed(type_name, text.into()), Some(value), "{type_name}");
        }
        for (type_name, text) in
            [("System.Byte", "256"), ("System.Char", "xy"), ("System.Guid", "x"), ("System.Boolean", "maybe")]
        {
            assert_eq!(typed(type_name, text.into()), None, "{type_name}");
        }
        let list = typed("System.String[]", "a\nb".into()).unwrap();
        assert_eq!(list.as_list(), Some(&["a".into(), "b".into()][..]));
    }

    #[test]
    fn what_is_no_question_is_not_asked() {
        let request = HostRequest::Other(HostMethod::GetName, Vec::new());
        assert!(question(&request).is_none());
    }
}
