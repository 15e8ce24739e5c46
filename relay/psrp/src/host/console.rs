//! A console without a screen: what a host answers by itself, without asking anybody.

use postern_shared::value::{PsStr, PsValue, PsVersion, Uuid};

use super::{HostCall, HostDefaultData, HostMethod, HostResponse};
use crate::members::{int, notes, plain_text};

/// The host of a session, as far as it needs no user: its name and cultures, and a raw user interface (colours, cursor,
/// window, buffer) that remembers what the server sets. What is written and asked is somebody else's.
#[derive(Clone, Debug)]
pub struct Console {
    /// `$Host.Name`.
    pub name: PsStr,
    /// `$Host.Version`.
    pub version: PsVersion,
    /// `$Host.InstanceId`.
    pub instance: Uuid,
    /// `$Host.CurrentCulture`, for example `de-DE`.
    pub culture: PsStr,
    /// `$Host.CurrentUICulture`.
    pub ui_culture: PsStr,
    /// The raw user interface.
    pub screen: HostDefaultData,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Handled {
    /// It is done; the response is to be sent, if the method has one.
    Done(Option<HostResponse>),
    /// It writes or asks: somebody else's.
    Open,
}

impl Console {
    /// Handles a call that needs no user. A method that cannot be offered (a runspace of the client's, the contents of its
    /// screen, which no server has to read) is answered with an error.
    pub fn handle(&mut self, call: &HostCall) -> Handled {
        if let Some(value) = self.get(call.method) {
            return Handled::Done(call.answer(value));
        }
        match call.method {
            HostMethod::SetShouldExit
            | HostMethod::ReadLine
            | HostMethod::ReadLineAsSecureString
            | HostMethod::ReadKey
            | HostMethod::Write1
            | HostMethod::Write2
            | HostMethod::WriteLine1
            | HostMethod::WriteLine2
            | HostMethod::WriteLine3
            | HostMethod::WriteErrorLine
            | HostMethod::WriteDebugLine
            | HostMethod::WriteProgress
            | HostMethod::WriteVerboseLine
            | HostMethod::WriteWarningLine
            | HostMethod::Prompt
            | HostMethod::PromptForCredential1
            | HostMethod::PromptForCredential2
            | HostMethod::PromptForChoice
            | HostMethod::PromptForChoiceMultipleSelection => Handled::Open,
            method if method.is_void() => {
                self.set(method, call.parameters.first());
                Handled::Done(None)
            }
            _ => Handled::Done(call.answer_unsupported()),
        }
    }

    /// What a method without parameters returns.
    fn get(&self, method: HostMethod) -> Option<PsValue> {
        let screen = &self.screen;
        Some(match method {
            HostMethod::GetName => self.name.clone().into(),
            HostMethod::GetVersion => self.version.into(),
            HostMethod::GetInstanceId => PsValue::Guid(self.instance),
            // A culture travels as its name.
            HostMethod::GetCurrentCulture => self.culture.clone().into(),
            HostMethod::GetCurrentUICulture => self.ui_culture.clone().into(),
            HostMethod::GetForegroundColor => screen.foreground.into(),
            HostMethod::GetBackgroundColor => screen.background.into(),
            HostMethod::GetCursorPosition => point(screen.cursor_position),
            HostMethod::GetWindowPosition => point(screen.window_position),
            HostMethod::GetCursorSize => screen.cursor_size.into(),
            HostMethod::GetBufferSize => size(screen.buffer_size),
            HostMethod::GetWindowSize => size(screen.window_size),
            HostMethod::GetWindowTitle => screen.window_title.clone().into(),
            HostMethod::GetMaxWindowSize => size(screen.max_window_size),
            HostMethod::GetMaxPhysicalWindowSize => size(screen.max_physical_window_size),
            HostMethod::GetKeyAvailable | HostMethod::GetIsRunspacePushed => false.into(),
            _ => return None,
        })
    }

    /// Keeps what a method sets, if it is what the method takes.
    fn set(&mut self, method: HostMethod, value: Option<&PsValue>) {
        let Some(value) = value else { return };
        let number = || i32::try_from(value.as_i64()?).ok();
        let pair = |first, second| Some((int(value, first)?, int(value, second)?));
        let screen = &mut self.screen;
        match method {
            HostMethod::SetForegroundColor => keep(&mut screen.foreground, number()),
            HostMethod::SetBackgroundColor => keep(&mut screen.background, number()),
            HostMethod::SetCursorPosition => keep(&mut screen.cursor_position, pair("x", "y")),
            HostMethod::SetWindowPosition => keep(&mut screen.window_position, pair("x", "y")),
            HostMethod::SetCursorSize => keep(&mut screen.cursor_size, number()),
            HostMethod::SetBufferSize => keep(&mut screen.buffer_size, pair("width", "height")),
            HostMethod::SetWindowSize => keep(&mut screen.window_size, pair("width", "height")),
            HostMethod::SetWindowTitle => keep(&mut screen.window_title, plain_text(value)),
            _ => {}
        }
    }
}

fn keep<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

fn point((x, y): (i32, i32)) -> PsValue {
    notes([("x", x.into()), ("y", y.into())])
}

fn size((width, height): (i32, i32)) -> PsValue {
    notes([("width", width.into()), ("height", height.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::HostInfo;

    fn console() -> Console {
        Console {
            name: "Postern".into(),
            version: PsVersion::new(1, 2),
            instance: Uuid::from_u128(5),
            culture: "de-DE".into(),
            ui_culture: "en-US".into(),
            screen: HostInfo::console("title", 120, 50).default_data.unwrap(),
        }
    }

    fn call(method: HostMethod, parameters: Vec<PsValue>) -> HostCall {
        HostCall { id: 1, pipeline: None, method, parameters }
    }

    /// Every method is answered if it returns something, and not if it does not (WIRE 7), or is left to the caller.
    #[test]
    fn wire_7_every_method_is_handled() {
        let mut open = Vec::new();
        for method in HostMethod::ALL {
            match console().handle(&call(*method, Vec::new())) {
                Handled::Open => open.push(*method),
                Handled::Done(response) => assert_eq!(response.is_none(), method.is_void(), "{method:?}"),
            }
        }
        assert_eq!(HostMethod::ALL.len(), 56);
        assert_eq!(open.len(), 19, "{open:?}");
    }

    #[test]
    fn what_is_set_is_got() {
        let mut console = console();
        for (set, get, value) in [
            (HostMethod::SetForegroundColor, HostMethod::GetForegroundColor, PsValue::I32(3)),
            (HostMethod::SetBackgroundColor, HostMethod::GetBackgroundColor, PsValue::I32(4)),
            (HostMethod::SetCursorPosition, HostMethod::GetCursorPosition, point((7, 8))),
            (HostMethod::SetWindowPosition, HostMethod::GetWindowPosition, point((1, 2))),
            (HostMethod::SetCursorSize, HostMethod::GetCursorSize, PsValue::I32(50)),
            (HostMethod::SetBufferSize, HostMethod::GetBufferSize, size((200, 300))),
            (HostMethod::SetWindowSize, HostMethod::GetWindowSize, size((80, 25))),
            (HostMethod::SetWindowTitle, HostMethod::GetWindowTitle, "new".into()),
        ] {
            let nonsense = PsValue::Double(0.5);
            let before = console.get(get);
            assert_eq!(console.handle(&call(set, vec![nonsense])), Handled::Done(None));
            assert_eq!(console.get(get), before);
            assert_eq!(console.handle(&call(set, vec![value.clone()])), Handled::Done(None));
            let Handled::Done(Some(response)) = console.handle(&call(get, Vec::new())) else {
                panic!("{get:?}")
            };
            assert_eq!(response.outcome, Ok(value));
        }
        for refused in [HostMethod::GetBufferContents, HostMethod::GetRunspace] {
            let Handled::Done(Some(response)) = console.handle(&call(refused, Vec::new())) else {
                panic!("{refused:?}")
            };
            assert!(response.outcome.is_err());
        }
    }
}
