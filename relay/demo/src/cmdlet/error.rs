//! Errors of cmdlets, in the form of a PowerShell error record.

use std::fmt;

use postern_shared::value::PsValue;

/// Why a cmdlet ends before its end.
#[derive(Debug)]
pub enum Stop {
    /// A terminating error: the pipeline fails with it.
    Error(Box<CmdletError>),
    /// The client stopped the pipeline, its shell is gone, or no one reads the output any more.
    Cancelled,
}

impl From<CmdletError> for Stop {
    fn from(error: CmdletError) -> Self {
        Self::Error(Box::new(error))
    }
}

impl From<Box<CmdletError>> for Stop {
    fn from(error: Box<CmdletError>) -> Self {
        Self::Error(error)
    }
}

/// What an error record says.
#[derive(Clone, Debug)]
pub struct CmdletError {
    /// The text.
    pub message: Box<str>,
    /// The exception's full type name.
    pub exception: Box<str>,
    /// The first part of the `FullyQualifiedErrorId`; the cmdlet's class is added behind a comma.
    pub id: Box<str>,
    /// Its category.
    pub category: Category,
    /// The object that it is about.
    pub target: PsValue,
    /// The property of the exception that further says what it is about (`CommandName`, `ParameterName`).
    pub detail: Option<(&'static str, PsValue)>,
    /// Whether the id gets the prefix of an Exchange server (`[Server=…,RequestId=…]`).
    pub from_exchange: bool,
}

impl CmdletError {
    /// An error whose id is written as it is given, as PowerShell's own cmdlets have it.
    pub fn plain(id: &str, exception: &str, category: Category, message: impl Into<String>) -> Self {
        Self {
            message: message.into().into(),
            exception: exception.into(),
            id: id.into(),
            category,
            target: PsValue::Null,
            detail: None,
            from_exchange: false,
        }
    }

    /// An error of an Exchange task: its id is `[Server=…,RequestId=…,TimeStamp=…] [FailureCategory=Cmdlet-NAME]
    /// HASH,CLASS`. `exception` is the bare name of the exception, such as `ManagementObjectNotFoundException`.
    pub fn exchange(exception: &str, category: Category, message: impl Into<String>) -> Self {
        let message: String = message.into();
        let namespace = match exception {
            "ManagementObjectNotFoundException" | "ManagementObjectAmbiguousException" => {
                "Microsoft.Exchange.Configuration.Tasks."
            }
            "ADObjectAlreadyExistsException" => "Microsoft.Exchange.Data.Directory.",
            _ if exception.contains('.') => "",
            _ => "Microsoft.Exchange.Configuration.Tasks.",
        };
        let bare = exception.rsplit('.').next().unwrap_or(exception);
        // Real ids hash the exception's text; the same error always has the same number.
        let hash = message
            .bytes()
            .fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Self {
            id: format!("[FailureCategory=Cmdlet-{bare}] {hash:X}").into(),
            exception: format!("{namespace}{exception}").into(),
            category,
            target: PsValue::Null,
            detail: None,
            from_exchange: true,
            message: message.into(),
        }
    }

    /// `ManagementObjectNotFoundException`: nothing has this identity.
    pub fn not_found(identity: &str) -> Self {
        Self::exchange(
            "ManagementObjectNotFoundException",
            Category::InvalidData,
            format!(
                "The operation couldn't be performed because object '{identity}' couldn't be found on \
                 'DC1.klinik-auer.local'."
            ),
        )
    }

    /// `ManagementObjectAmbiguousException`: several objects have this identity.
    pub fn ambiguous(identity: &str) -> Self {
        Self::exchange(
            "ManagementObjectAmbiguousException",
            Category::InvalidData,
            format!("The operation couldn't be performed because '{identity}' matches multiple entries."),
        )
    }

    /// About this object.
    #[must_use]
    pub fn about(mut self, target: impl Into<PsValue>) -> Self {
        self.target = target.into();
        self
    }

    /// The exception's type name without its namespace.
    pub fn reason(&self) -> &str {
        self.exception.rsplit('.').next().unwrap_or(&self.exception)
    }
}

impl fmt::Display for CmdletError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// `System.Management.Automation.ErrorCategory`, those that cmdlets here use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[expect(missing_docs, reason = "the names are PowerShell's and say all there is")]
pub enum Category {
    NotSpecified = 0,
    InvalidArgument = 5,
    InvalidData = 6,
    InvalidOperation = 7,
    InvalidResult = 8,
    InvalidType = 9,
    NotImplemented = 11,
    ObjectNotFound = 13,
    OperationStopped = 14,
    ParserError = 17,
    PermissionDenied = 18,
    ResourceExists = 20,
    WriteError = 23,
    LimitsExceeded = 29,
}
