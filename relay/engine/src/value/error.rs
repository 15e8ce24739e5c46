//! Exceptions and error records.

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
};

use postern_shared::{syntax::Span, value::PsStr};

use super::{EnumValue, Value, enums};
use crate::code::Source;

/// A type of exception.
#[derive(Debug, PartialEq, Eq)]
pub struct ExceptionType {
    /// Full .NET name.
    pub name: &'static str,
    base: &'static str,
}

impl ExceptionType {
    /// The type above; `None` for `System.Exception`.
    pub fn base(&self) -> Option<&'static ExceptionType> {
        EXCEPTIONS.iter().find(|ty| ty.name == self.base)
    }

    /// Whether this is the other type or derived from it.
    pub fn is_a(&self, other: &ExceptionType) -> bool {
        self == other || self.base().is_some_and(|base| base.is_a(other))
    }

    /// The type of that full name, `System.Exception` if there is none.
    pub fn named(name: &str) -> &'static ExceptionType {
        EXCEPTIONS.iter().find(|ty| ty.name == name).unwrap_or(&EXCEPTIONS[0])
    }
}

macro_rules! exceptions {
    ($($name:literal : $base:literal),* $(,)?) => {
        /// All types of exception that scripts can name.
        pub(crate) static EXCEPTIONS: &[ExceptionType] = &[$(ExceptionType { name: $name, base: $base }),*];
    };
}

exceptions! {
    "System.Exception": "",
    "System.SystemException": "System.Exception",
    "System.ApplicationException": "System.Exception",
    "System.ArgumentException": "System.SystemException",
    "System.ArgumentNullException": "System.ArgumentException",
    "System.ArgumentOutOfRangeException": "System.ArgumentException",
    "System.ArithmeticException": "System.SystemException",
    "System.DivideByZeroException": "System.ArithmeticException",
    "System.OverflowException": "System.ArithmeticException",
    "System.FormatException": "System.SystemException",
    "System.UriFormatException": "System.FormatException",
    "System.IndexOutOfRangeException": "System.SystemException",
    "System.InvalidCastException": "System.SystemException",
    "System.InvalidOperationException": "System.SystemException",
    "System.NotImplementedException": "System.SystemException",
    "System.NotSupportedException": "System.SystemException",
    "System.NullReferenceException": "System.SystemException",
    "System.OutOfMemoryException": "System.SystemException",
    "System.TimeoutException": "System.SystemException",
    "System.UnauthorizedAccessException": "System.SystemException",
    "System.RankException": "System.SystemException",
    "System.ArrayTypeMismatchException": "System.SystemException",
    "System.OperationCanceledException": "System.SystemException",
    "System.Collections.Generic.KeyNotFoundException": "System.SystemException",
    "System.IO.IOException": "System.SystemException",
    "System.IO.FileNotFoundException": "System.IO.IOException",
    "System.IO.DirectoryNotFoundException": "System.IO.IOException",
    "System.IO.InvalidDataException": "System.SystemException",
    "System.Net.WebException": "System.InvalidOperationException",
    "System.Net.Http.HttpRequestException": "System.Exception",
    "System.Security.SecurityException": "System.SystemException",
    "System.Security.Authentication.AuthenticationException": "System.SystemException",
    "System.Text.RegularExpressions.RegexParseException": "System.ArgumentException",
    "System.Management.Automation.RuntimeException": "System.SystemException",
    "System.Management.Automation.CmdletInvocationException": "System.Management.Automation.RuntimeException",
    "System.Management.Automation.ActionPreferenceStopException": "System.Management.Automation.RuntimeException",
    "System.Management.Automation.CommandNotFoundException": "System.Management.Automation.RuntimeException",
    "System.Management.Automation.ParameterBindingException": "System.Management.Automation.RuntimeException",
    "System.Management.Automation.ParameterBindingValidationException": "System.Management.Automation.ParameterBindingException",
    "System.Management.Automation.ParameterBindingArgumentTransformationException": "System.Management.Automation.ParameterBindingException",
    "System.Management.Automation.MetadataException": "System.Management.Automation.RuntimeException",
    "System.Management.Automation.ValidationMetadataException": "System.Management.Automation.MetadataException",
    "System.Management.Automation.ArgumentTransformationMetadataException": "System.Management.Automation.MetadataException",
    "System.Management.Automation.PSInvalidCastException": "System.InvalidCastException",
    "System.Management.Automation.PSInvalidOperationException": "System.InvalidOperationException",
    "System.Management.Automation.PSArgumentException": "System.ArgumentException",
    "System.Management.Automation.PSArgumentNullException": "System.ArgumentNullException",
    "System.Management.Automation.PSArgumentOutOfRangeException": "System.ArgumentOutOfRangeException",
    "System.Management.Automation.PSNotSupportedException": "System.NotSupportedException",
    "System.Management.Automation.ExtendedTypeSystemException": "System.Management.Automation.RuntimeException",
    "System.Management.Automation.MethodException": "System.Management.Automation.ExtendedTypeSystemException",
    "System.Management.Automation.MethodInvocationException": "System.Management.Automation.MethodException",
    "System.Management.Automation.GetValueException": "System.Management.Automation.ExtendedTypeSystemException",
    "System.Management.Automation.SetValueException": "System.Management.Automation.ExtendedTypeSystemException",
    "System.Management.Automation.SetValueInvocationException": "System.Management.Automation.SetValueException",
    "System.Management.Automation.GetValueInvocationException": "System.Management.Automation.GetValueException",
    "System.Management.Automation.PropertyNotFoundException": "System.Management.Automation.ExtendedTypeSystemException",
    "System.Management.Automation.SessionStateException": "System.Management.Automation.RuntimeException",
    "System.Management.Automation.SessionStateUnauthorizedAccessException": "System.Management.Automation.SessionStateException",
    "System.Management.Automation.ItemNotFoundException": "System.Management.Automation.SessionStateException",
    "System.Management.Automation.DriveNotFoundException": "System.Management.Automation.SessionStateException",
    "System.Management.Automation.ProviderNotFoundException": "System.Management.Automation.SessionStateException",
    "System.Management.Automation.ParseException": "System.Management.Automation.RuntimeException",
    "System.Management.Automation.PipelineStoppedException": "System.Management.Automation.RuntimeException",
    "System.Management.Automation.ScriptCallDepthException": "System.SystemException",
    "System.Management.Automation.RemoteException": "System.Management.Automation.RuntimeException",
    "System.Management.Automation.Remoting.PSRemotingTransportException": "System.Management.Automation.RuntimeException",
    "System.Management.Automation.Host.HostException": "System.Management.Automation.RuntimeException",
    "Microsoft.PowerShell.Commands.WriteErrorException": "System.SystemException",
    "Microsoft.PowerShell.Commands.HttpResponseException": "System.Net.Http.HttpRequestException",
}

/// An exception.
#[derive(Debug)]
pub struct Exception {
    /// Its type.
    pub ty: &'static ExceptionType,
    /// The remote side's name of the type, where it is not one of ours.
    pub remote_type: Option<PsStr>,
    /// `Message`.
    pub message: PsStr,
    /// `InnerException`.
    pub inner: Option<Rc<Exception>>,
    /// The record that it was first thrown with, so that a rethrow keeps its id.
    pub record: RefCell<Option<Rc<ErrorRecord>>>,
    /// `Data` and further properties of the type (`ParamName`, …).
    pub properties: Vec<(&'static str, Value)>,
}

impl Exception {
    /// An exception of the type of that full name.
    pub fn new(type_name: &str, message: impl Into<PsStr>) -> Self {
        Self {
            ty: ExceptionType::named(type_name),
            remote_type: None,
            message: message.into(),
            inner: None,
            record: RefCell::new(None),
            properties: Vec::new(),
        }
    }

    /// The same with an inner exception.
    #[must_use]
    pub fn caused_by(mut self, inner: Rc<Exception>) -> Self {
        self.inner = Some(inner);
        self
    }

    /// The full name of its type.
    pub fn type_name(&self) -> PsStr {
        self.remote_type.clone().unwrap_or(PsStr::from_static(self.ty.name))
    }
}

/// `System.Management.Automation.ErrorCategory`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the category of its name")]
pub enum Category {
    NotSpecified = 0,
    OpenError = 1,
    CloseError = 2,
    InvalidArgument = 5,
    InvalidData = 6,
    InvalidOperation = 7,
    InvalidResult = 8,
    InvalidType = 9,
    MetadataError = 10,
    NotImplemented = 11,
    ObjectNotFound = 13,
    OperationStopped = 14,
    SyntaxError = 16,
    ParserError = 17,
    PermissionDenied = 18,
    ResourceExists = 20,
    ResourceUnavailable = 21,
    ReadError = 22,
    WriteError = 23,
    LimitsExceeded = 29,
}

/// An error record.
pub struct ErrorRecord {
    /// What happened.
    pub exception: Rc<Exception>,
    /// `FullyQualifiedErrorId` without what the command adds.
    pub id: PsStr,
    /// The command's part of the id (`Microsoft.PowerShell.Commands.WriteErrorCommand`), empty for the engine's own.
    pub origin: RefCell<PsStr>,
    /// The category's number.
    pub category: Cell<i64>,
    /// `TargetObject`.
    pub target: Value,
    /// `CategoryInfo`'s texts, where they are not those that follow from the rest.
    pub activity: RefCell<PsStr>,
    /// `CategoryInfo.Reason`, where it is not the exception's type.
    pub reason: RefCell<Option<PsStr>>,
    /// `CategoryInfo.TargetName`.
    pub target_name: RefCell<Option<PsStr>>,
    /// `CategoryInfo.TargetType`.
    pub target_type: RefCell<Option<PsStr>>,
    /// `ErrorDetails.Message`.
    pub details: RefCell<Option<PsStr>>,
    /// `ErrorDetails.RecommendedAction`.
    pub advice: RefCell<Option<PsStr>>,
    /// Where it happened.
    pub position: RefCell<Option<(Rc<Source>, Span)>>,
    /// The command that it happened in.
    pub command: RefCell<Option<PsStr>>,
    /// `ScriptStackTrace`.
    pub stack: RefCell<PsStr>,
    /// The remote side's own record, where it came from there.
    pub remote: Option<Value>,
    /// Whether `$Error` has it already.
    pub noted: Cell<bool>,
}

impl fmt::Debug for ErrorRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ErrorRecord({}: {})", self.full_id(), self.exception.message)
    }
}

impl ErrorRecord {
    /// A record of an exception.
    pub fn of(exception: Rc<Exception>, id: impl Into<PsStr>, category: Category, target: Value) -> Self {
        Self {
            exception,
            id: id.into(),
            origin: RefCell::default(),
            category: Cell::new(category as i64),
            target,
            activity: RefCell::default(),
            reason: RefCell::default(),
            target_name: RefCell::default(),
            target_type: RefCell::default(),
            details: RefCell::default(),
            advice: RefCell::default(),
            position: RefCell::default(),
            command: RefCell::default(),
            stack: RefCell::default(),
            remote: None,
            noted: Cell::new(false),
        }
    }

    /// A record with an exception of the type of that full name.
    pub fn new(
        exception: &str,
        id: impl Into<PsStr>,
        category: Category,
        target: Value,
        message: impl Into<PsStr>,
    ) -> Self {
        Self::of(Rc::new(Exception::new(exception, message)), id, category, target)
    }

    /// `FullyQualifiedErrorId`.
    pub fn full_id(&self) -> PsStr {
        let origin = self.origin.borrow();
        if origin.is_empty() {
            self.id.clone()
        } else if self.id.is_empty() {
            origin.clone()
        } else {
            format!("{},{origin}", self.id).into()
        }
    }

    /// What a person reads: the details, or the exception's message.
    pub fn message(&self) -> PsStr {
        self.details.borrow().clone().unwrap_or_else(|| self.exception.message.clone())
    }

    /// `CategoryInfo.Category`.
    pub fn category_value(&self) -> EnumValue {
        enums::ERROR_CATEGORY.value(self.category.get())
    }
}
