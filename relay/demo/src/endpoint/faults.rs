//! What an endpoint gets wrong on purpose, so that clients and their explanations can be tried.

use std::str::FromStr;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use postern_wsman::{
    envelope::Fault,
    server::{Operation, Request},
};

/// What an endpoint gets wrong on purpose; by default nothing.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// The only path that there is; any other gets 404. `None` for an endpoint at every path.
    pub path: Option<String>,
    /// What stands in for the answer of the endpoint; the first that fits counts.
    pub switches: Vec<FaultSwitch>,
}

/// One wrong answer, for one kind of request. As text it is `REQUEST=ANSWER`:
///
/// | request | answer |
/// | --- | --- |
/// | `any` (before the sign-in), `create`, `command`, `send`, `receive`, `signal`, `delete` | `503`: this status |
/// | | `302:URI`: a redirect by HTTP |
/// | | `redirect:URI`: a redirect by a fault of WS-Management |
/// | | `fault:CODE:TEXT`: a fault; the code as `0x803381A5` or a signed or unsigned number |
/// | | `page`: a web page |
#[derive(Clone, Debug)]
pub struct FaultSwitch {
    on: On,
    answer: Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Any,
    Create,
    Command,
    Send,
    Receive,
    Signal,
    Delete,
}

#[derive(Clone, Debug)]
enum Answer {
    Status(StatusCode, String),
    Fault(Box<Fault>),
    Page,
}

/// A text that is no fault switch.
#[derive(Clone, Debug, thiserror::Error)]
#[error("not a fault switch such as create=503 or receive=fault:0x803381A5:TEXT: {0}")]
pub struct NoFaultSwitch(String);

impl Faults {
    /// The answer to a request of which only the path is known yet.
    pub(super) fn before_sign_in(&self, path: &str) -> Option<Response> {
        if self.path.as_ref().is_some_and(|only| !only.eq_ignore_ascii_case(path)) {
            return Some(StatusCode::NOT_FOUND.into_response());
        }
        let switch = self.switches.iter().find(|switch| switch.on == On::Any)?;
        Some(switch.answer.response(None))
    }

    /// The answer to a request of someone who is signed in.
    pub(super) fn of(&self, request: &Request) -> Option<Response> {
        let switch = self.switches.iter().find(|switch| switch.on.is(&request.operation))?;
        Some(switch.answer.response(Some(request)))
    }
}

impl On {
    fn is(self, operation: &Operation) -> bool {
        match self {
            Self::Any => false,
            Self::Create => matches!(operation, Operation::Create(_)),
            Self::Command => matches!(operation, Operation::Command { .. }),
            Self::Send => matches!(operation, Operation::Send(_)),
            Self::Receive => matches!(operation, Operation::Receive { .. }),
            Self::Signal => matches!(operation, Operation::Signal { .. }),
            Self::Delete => matches!(operation, Operation::Delete),
        }
    }
}

impl Answer {
    fn response(&self, request: Option<&Request>) -> Response {
        match self {
            Self::Status(status, location) if location.is_empty() => status.into_response(),
            Self::Status(status, location) => {
                (*status, [(header::LOCATION, location.as_str())]).into_response()
            }
            Self::Fault(fault) => {
                let written = request.map(|request| request.fault(fault));
                super::soap_fault(written.unwrap_or_else(|| super::fault(None, fault)))
            }
            Self::Page => {
                let page =
                    "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Outlook</body></html>";
                ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
            }
        }
    }
}

impl FromStr for FaultSwitch {
    type Err = NoFaultSwitch;

    fn from_str(text: &str) -> Result<Self, NoFaultSwitch> {
        let wrong = || NoFaultSwitch(text.to_owned());
        let (on, answer) = text.split_once('=').ok_or_else(wrong)?;
        let on = match on {
            "any" => On::Any,
            "create" => On::Create,
            "command" => On::Command,
            "send" => On::Send,
            "receive" => On::Receive,
            "signal" => On::Signal,
            "delete" => On::Delete,
            _ => return Err(wrong()),
        };
        let (kind, rest) = answer.split_once(':').unwrap_or((answer, ""));
        let answer = match kind {
            "page" => Answer::Page,
            "redirect" => Answer::Fault(Fault::redirect(rest).into()),
            "fault" => {
                let (code, text) = rest.split_once(':').unwrap_or((rest, ""));
                Answer::Fault(Fault::with_code(fault_code(code).ok_or_else(wrong)?, text).into())
            }
            status => {
                let status = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
                Answer::Status(status.ok_or_else(wrong)?, rest.to_owned())
            }
        };
        Ok(Self { on, answer })
    }
}

fn fault_code(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok().or_else(|| Some(text.parse::<i32>().ok()?.cast_unsigned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_switch_is_refused() {
        for text in ["create=503", "any=302:https://x/", "receive=fault:-2144108453:gone", "any=page"] {
            assert!(text.parse::<FaultSwitch>().is_ok(), "{text}");
        }
        for text in ["", "create", "create=", "create=x", "create=99", "build=503", "any=fault:0xZZ:x"] {
            assert!(text.parse::<FaultSwitch>().is_err(), "{text}");
        }
    }
}
