//! Host calls and their responses (MS-PSRP sections 2.2.2.15, 2.2.2.16, 2.2.2.27 and 2.2.2.28).

use postern_shared::value::{Content, PsObject, PsStr, PsValue, SecureString, Uuid};

use super::{HostMethod, HostRequest};
use crate::{
    ProtocolError,
    members::{Body, array_list, dictionary, hashtable, list, notes, notes_object, type_names},
    message::MessageType,
    records::{ErrorCategory, ErrorRecord},
};

type_names! {
    fn credential() = ["System.Management.Automation.PSCredential", "System.Object"];
}

/// Call id of a void method: no response will be matched with it.
const VOID_CALL: i64 = -100;

/// A call of a method of the client's host.
#[derive(Clone, Debug, PartialEq)]
pub struct HostCall {
    /// The call's number (`ci`), which the response repeats.
    pub id: i64,
    /// The pipeline whose host is called; `None` for the pool's.
    pub pipeline: Option<Uuid>,
    /// Which method.
    pub method: HostMethod,
    /// Its parameters as they stand in the message; [`HostCall::request`] reads them.
    pub parameters: Vec<PsValue>,
}

impl HostCall {
    /// The call with its parameters read.
    pub fn request(&self) -> Result<HostRequest, ProtocolError> {
        HostRequest::read(self.method, &self.parameters)
            .ok_or(ProtocolError::Malformed { message: self.message(), member: "mp" })
    }

    /// Answers with a value: `None` for a void method, which gets no response.
    pub fn answer(&self, value: impl Into<PsValue>) -> Option<HostResponse> {
        self.respond(Ok(value.into()))
    }

    /// Answers [`HostRequest::ReadLine`].
    pub fn answer_line(&self, line: impl Into<PsStr>) -> Option<HostResponse> {
        self.answer(line.into())
    }

    /// Answers [`HostRequest::ReadLineAsSecureString`].
    pub fn answer_secure_line(&self, line: SecureString) -> Option<HostResponse> {
        self.answer(PsValue::SecureString(line.into()))
    }

    /// Answers [`HostRequest::ReadKey`] with what that key types: a letter or digit, or a carriage return for Enter.
    pub fn answer_key(&self, key: char) -> Option<HostResponse> {
        // The codes of letters, digits, Enter and the space bar are those of their (upper-case) characters.
        let code = key.to_ascii_uppercase();
        let code = if code.is_ascii_alphanumeric() || matches!(code, '\r' | ' ') { code as i32 } else { 0 };
        let mut units = [0; 2];
        let unit = key.encode_utf16(&mut units).first().copied().unwrap_or_default();
        self.answer(notes([
            ("virtualKeyCode", code.into()),
            ("character", PsValue::Char(unit)),
            ("controlKeyState", 0_i32.into()),
            ("keyDown", true.into()),
        ]))
    }

    /// Answers [`HostRequest::PromptForChoice`] with the position of the choice.
    pub fn answer_choice(&self, position: i32) -> Option<HostResponse> {
        self.answer(position)
    }

    /// Answers [`HostRequest::PromptForChoiceMultipleSelection`] with the positions of the choices.
    pub fn answer_choices(&self, positions: &[i32]) -> Option<HostResponse> {
        self.answer(list(array_list(), positions.iter().copied().map(PsValue::I32).collect()))
    }

    /// Answers [`HostRequest::Prompt`] with the fields' names and values.
    pub fn answer_fields(&self, fields: impl IntoIterator<Item = (PsStr, PsValue)>) -> Option<HostResponse> {
        let entries = fields.into_iter().map(|(name, value)| (PsValue::Str(name), value)).collect();
        self.answer(dictionary(hashtable(), entries))
    }

    /// Answers [`HostRequest::PromptForCredential`].
    pub fn answer_credential(&self, user: impl Into<PsStr>, password: SecureString) -> Option<HostResponse> {
        let type_names = credential();
        let to_string = type_names.first().cloned();
        let password = PsValue::SecureString(password.into());
        let adapted = [("UserName", PsValue::Str(user.into())), ("Password", password)].into_iter().collect();
        let object =
            PsObject { type_names, to_string, content: Content::None, adapted, ..PsObject::default() };
        self.answer(object)
    }

    /// Answers that the host failed, or does not offer the method.
    pub fn answer_error(&self, error: ErrorRecord) -> Option<HostResponse> {
        self.respond(Err(Box::new(error)))
    }

    /// Answers that this host does not offer the method.
    pub fn answer_unsupported(&self) -> Option<HostResponse> {
        let text = format!("The host does not support {}.", self.method.name());
        let mut error = ErrorRecord::new(
            "System.Management.Automation.Host.HostException",
            text,
            "HostFunctionNotImplemented",
            ErrorCategory::NotImplemented,
        );
        error.category.reason = "HostException".into();
        self.answer_error(error)
    }

    fn respond(&self, outcome: Result<PsValue, Box<ErrorRecord>>) -> Option<HostResponse> {
        let Self { id, pipeline, method, .. } = *self;
        (!method.is_void()).then_some(HostResponse { id, pipeline, method, outcome })
    }

    fn message(&self) -> MessageType {
        match self.pipeline {
            Some(_) => MessageType::PipelineHostCall,
            None => MessageType::RunspacePoolHostCall,
        }
    }

    pub(crate) fn new(id: i64, pipeline: Option<Uuid>, request: &HostRequest) -> Self {
        let method = request.method();
        let id = if method.is_void() { VOID_CALL } else { id };
        Self { id, pipeline, method, parameters: request.parameters() }
    }

    pub(crate) fn to_message(&self) -> (MessageType, PsValue) {
        let value = notes([
            ("ci", self.id.into()),
            ("mi", self.method.to_value()),
            ("mp", list(array_list(), self.parameters.clone())),
        ]);
        (self.message(), value)
    }

    pub(crate) fn read(body: Body<'_>, pipeline: Option<Uuid>) -> Result<Self, ProtocolError> {
        let parameters = body.member("mp")?;
        Ok(Self {
            id: body.long("ci")?,
            pipeline,
            method: HostMethod::from_value(body.member("mi")?).ok_or_else(|| body.malformed("mi"))?,
            parameters: match parameters {
                PsValue::Null => Vec::new(),
                parameters => parameters.as_list().ok_or_else(|| body.malformed("mp"))?.to_vec(),
            },
        })
    }
}

/// The answer to a [`HostCall`].
#[derive(Clone, Debug, PartialEq)]
pub struct HostResponse {
    /// The call's number.
    pub id: i64,
    /// The pipeline whose host was called; `None` for the pool's.
    pub pipeline: Option<Uuid>,
    /// Which method.
    pub method: HostMethod,
    /// What it returned, or why it failed.
    pub outcome: Result<PsValue, Box<ErrorRecord>>,
}

impl HostResponse {
    pub(crate) fn to_message(&self) -> (MessageType, PsValue) {
        // The order is PowerShell's.
        let mut object = notes_object([]);
        match &self.outcome {
            Ok(PsValue::Null) => {}
            Ok(value) => object.extended.set("mr", value.clone()),
            Err(error) => object.extended.set("me", error.to_value()),
        }
        object.extended.set("ci", self.id);
        object.extended.set("mi", self.method.to_value());
        let message = match self.pipeline {
            Some(_) => MessageType::PipelineHostResponse,
            None => MessageType::RunspacePoolHostResponse,
        };
        (message, object.into())
    }

    pub(crate) fn read(body: Body<'_>, pipeline: Option<Uuid>) -> Result<Self, ProtocolError> {
        Ok(Self {
            id: body.long("ci")?,
            pipeline,
            method: HostMethod::from_value(body.member("mi")?).ok_or_else(|| body.malformed("mi"))?,
            outcome: match body.value.get("me") {
                Some(error) if !error.is_null() => Err(Box::new(ErrorRecord::from_value(error))),
                _ => Ok(body.value.get("mr").cloned().unwrap_or_default()),
            },
        })
    }
}
