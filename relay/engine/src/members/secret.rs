//! Credentials, and the secure strings in them.

use std::{any::Any, rc::Rc, sync::Arc};

use postern_shared::value::{PsStr, PsValue, SecureString};

use crate::{
    interp::{Engine, Flow},
    value::{NetObject, Type, Value},
};

/// `PSCredential`.
#[derive(Debug)]
pub(crate) struct Credential {
    pub(crate) user: PsStr,
    pub(crate) password: Arc<SecureString>,
}

impl NetObject for Credential {
    fn type_of(&self) -> Type {
        Type::Credential
    }

    fn properties(&self) -> &'static [&'static str] {
        &["UserName", "Password"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "username" => Some(Value::Str(self.user.clone())),
            "password" => Some(secure(&self.password)),
            _ => None,
        }
    }

    fn call(&self, _: &mut Engine, name: &str, arguments: &[Value]) -> Option<Flow<Value>> {
        (name.eq_ignore_ascii_case("GetNetworkCredential") && arguments.is_empty()).then(|| {
            let (domain, user) = split(&self.user);
            let (user, domain) = (user.into(), domain.into());
            Ok(Value::Net(Rc::new(Network { user, domain, password: Arc::clone(&self.password) })))
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A user name's domain and its rest, as `PSCredential` splits it: `domain\\user`; a lone `@` belongs to the name.
fn split(user: &str) -> (&str, &str) {
    if let Some(parts) = user.split_once('\\') {
        return parts;
    }
    match user.rsplit_once('@') {
        Some((user, domain)) if user.contains('@') => (domain, user),
        _ => ("", user),
    }
}

/// `System.Net.NetworkCredential`.
#[derive(Debug)]
struct Network {
    user: PsStr,
    domain: PsStr,
    password: Arc<SecureString>,
}

impl NetObject for Network {
    fn type_of(&self) -> Type {
        Type::NetworkCredential
    }

    fn properties(&self) -> &'static [&'static str] {
        &["UserName", "Password", "SecurePassword", "Domain"]
    }

    fn get(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "username" => Some(Value::Str(self.user.clone())),
            "domain" => Some(Value::Str(self.domain.clone())),
            "securepassword" => Some(secure(&self.password)),
            "password" => Some(match &*self.password {
                SecureString::Clear(text) => Value::str(text.as_str()),
                // Whoever could decrypt it is not here.
                SecureString::Encrypted(_) => Value::str(""),
            }),
            _ => None,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn secure(password: &Arc<SecureString>) -> Value {
    Value::Raw(Rc::new(PsValue::SecureString(Arc::clone(password))))
}

/// A password that is given as a text or as a secure string.
fn password(value: &Value) -> Arc<SecureString> {
    if let Value::Raw(raw) = value
        && let PsValue::SecureString(password) = &**raw
    {
        return Arc::clone(password);
    }
    Arc::new(SecureString::Clear(value.text().to_string().into()))
}

/// `[PSCredential]::new($user, $password)`; `None` if these are not its arguments.
pub(super) fn new_credential(arguments: &[Value]) -> Option<Value> {
    let [user, Value::Raw(raw)] = arguments else { return None };
    let PsValue::SecureString(password) = &**raw else { return None };
    Some(Value::Net(Rc::new(Credential { user: user.text(), password: Arc::clone(password) })))
}

/// `[Net.NetworkCredential]::new($user, $password, $domain)`; `None` if these are not its arguments.
pub(super) fn new_network(arguments: &[Value]) -> Option<Value> {
    let (user, secret, domain) = match arguments {
        [user, secret] => (user, secret, PsStr::EMPTY),
        [user, secret, domain] => (user, secret, domain.text()),
        _ => return None,
    };
    Some(Value::Net(Rc::new(Network { user: user.text(), domain, password: password(secret) })))
}

/// A property of a secure string.
pub(super) fn secure_property(secret: &SecureString, name: &str) -> Option<Value> {
    match secret {
        SecureString::Clear(text) if name.eq_ignore_ascii_case("Length") => {
            Some(Value::I32(text.encode_utf16().count() as i32))
        }
        _ => None,
    }
}

/// A method of a secure string. None changes it: it is as `MakeReadOnly` leaves it.
pub(super) fn call_secure(
    secret: &Arc<SecureString>,
    name: &str,
    arguments: &[Value],
) -> Option<Flow<Value>> {
    match (name.to_ascii_lowercase().as_str(), arguments) {
        ("copy", []) => Some(Ok(secure(secret))),
        ("isreadonly", []) => Some(Ok(Value::Bool(true))),
        ("makereadonly" | "dispose", []) => Some(Ok(Value::Empty)),
        _ => None,
    }
}
