//! The methods of a host (MS-PSRP section 2.2.3.17).

use postern_shared::value::{PsStr, PsValue};

use crate::members::{enum_member, type_names};

type_names! {
    fn method_id() = [
        "System.Management.Automation.Remoting.RemoteHostMethodId", "System.Enum", "System.ValueType", "System.Object",
    ];
}

macro_rules! methods {
    ($($name:ident = $id:literal $($void:ident)?,)*) => {
        /// A method of the host, with its number (MS-PSRP section 2.2.3.17).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(i32)]
        #[expect(missing_docs, reason = "the names are those of PSHost, PSHostUserInterface and PSHostRawUserInterface")]
        pub enum HostMethod {
            $($name = $id,)*
        }

        impl HostMethod {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The method with that number.
            pub const fn from_id(id: i32) -> Option<Self> {
                match id {
                    $($id => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The name in MS-PSRP.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// Whether it returns nothing: a call of it gets no response.
            pub const fn is_void(self) -> bool {
                match self {
                    $(Self::$name => methods!(@void $($void)?),)*
                }
            }
        }
    };
    (@void void) => { true };
    (@void) => { false };
}

methods! {
    GetName = 1,
    GetVersion = 2,
    GetInstanceId = 3,
    GetCurrentCulture = 4,
    GetCurrentUICulture = 5,
    SetShouldExit = 6 void,
    EnterNestedPrompt = 7 void,
    ExitNestedPrompt = 8 void,
    NotifyBeginApplication = 9 void,
    NotifyEndApplication = 10 void,
    ReadLine = 11,
    ReadLineAsSecureString = 12,
    Write1 = 13 void,
    Write2 = 14 void,
    WriteLine1 = 15 void,
    WriteLine2 = 16 void,
    WriteLine3 = 17 void,
    WriteErrorLine = 18 void,
    WriteDebugLine = 19 void,
    WriteProgress = 20 void,
    WriteVerboseLine = 21 void,
    WriteWarningLine = 22 void,
    Prompt = 23,
    PromptForCredential1 = 24,
    PromptForCredential2 = 25,
    PromptForChoice = 26,
    GetForegroundColor = 27,
    SetForegroundColor = 28 void,
    GetBackgroundColor = 29,
    SetBackgroundColor = 30 void,
    GetCursorPosition = 31,
    SetCursorPosition = 32 void,
    GetWindowPosition = 33,
    SetWindowPosition = 34 void,
    GetCursorSize = 35,
    SetCursorSize = 36 void,
    GetBufferSize = 37,
    SetBufferSize = 38 void,
    GetWindowSize = 39,
    SetWindowSize = 40 void,
    GetWindowTitle = 41,
    SetWindowTitle = 42 void,
    GetMaxWindowSize = 43,
    GetMaxPhysicalWindowSize = 44,
    GetKeyAvailable = 45,
    ReadKey = 46,
    FlushInputBuffer = 47 void,
    SetBufferContents1 = 48 void,
    SetBufferContents2 = 49 void,
    GetBufferContents = 50,
    ScrollBufferContents = 51 void,
    PushRunspace = 52 void,
    PopRunspace = 53 void,
    GetIsRunspacePushed = 54,
    GetRunspace = 55,
    PromptForChoiceMultipleSelection = 56,
}

impl HostMethod {
    /// The number on the wire.
    pub const fn id(self) -> i32 {
        self as i32
    }

    /// As it is written: an enum (`mi`).
    pub(crate) fn to_value(self) -> PsValue {
        enum_member(method_id(), PsStr::from_static(self.name()), self.id())
    }

    /// From an enum or a number.
    pub(crate) fn from_value(value: &PsValue) -> Option<Self> {
        Self::from_id(i32::try_from(value.as_i64()?).ok()?)
    }
}
