//! `ConvertFrom-StringData`, `ConvertTo-SecureString` and `ConvertFrom-SecureString`.

use std::{rc::Rc, sync::Arc};

use postern_shared::value::{PsValue, SecureString};
use zeroize::Zeroizing;

use super::{Cx, Declare, P, Registry};
use crate::{
    interp::Flow,
    ops::regex,
    value::{Category, Hash, HashKind, Type, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("ConvertFrom-StringData", "Makes a hashtable of lines `key=value`.")
            .param(P::new("StringData", "The lines.").text().at(0).mandatory().nullable().by_value())
            .param(P::new("Delimiter", "What stands between key and value; =.").ty(Type::Char).at(1))
            .example("Get-Content .\\settings.txt -Raw | ConvertFrom-StringData", "A hashtable of settings.")
            .simple(string_data),
    );
    registry.add(
        Declare::new("ConvertTo-SecureString", "Makes a secure string of a text.")
            .module("Microsoft.PowerShell.Security")
            .param(P::new("String", "The text.").text().at(0).mandatory().by_value())
            .param(P::switch("AsPlainText", "The text is the secret itself.").at(1))
            .param(P::switch("Force", "Has no effect any more.").at(2))
            .param(P::new("Key", "Not available here.").many())
            .param(P::new("SecureKey", "Not available here."))
            .class("Microsoft.PowerShell.Commands.ConvertToSecureStringCommand")
            .example("ConvertTo-SecureString $text -AsPlainText -Force", "For a new user's password.")
            .simple(|cx, _| {
                if !cx.flag("AsPlainText") {
                    return Err(cx.fail(
                        "System.Management.Automation.PSNotSupportedException",
                        "NotAvailableInThisConsole",
                        Category::NotImplemented,
                        Value::Null,
                        "Encrypted texts of secure strings are bound to a Windows user or a key and cannot be read in this console. Use -AsPlainText, or Read-Host -AsSecureString.",
                    ));
                }
                // From here on the secret is in a type that is zeroed and never printed.
                let secret = Zeroizing::new(cx.text("String").unwrap_or_default().to_string());
                cx.write(Value::Raw(Rc::new(PsValue::SecureString(Arc::new(SecureString::Clear(secret))))))
            }),
    );
    registry.add(
        Declare::new("ConvertFrom-SecureString", "Gives a secure string's text.")
            .module("Microsoft.PowerShell.Security")
            .param(P::new("SecureString", "The secure string.").at(0).mandatory().by_value())
            .param(P::switch("AsPlainText", "The secret itself."))
            .param(P::new("Key", "Not available here.").many())
            .param(P::new("SecureKey", "Not available here."))
            .example("$password | ConvertFrom-SecureString -AsPlainText", "The password's text.")
            .simple(from_secure),
    );
}

fn string_data(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let text = cx.text("StringData").unwrap_or_default();
    let delimiter = cx.text("Delimiter").and_then(|text| text.chars().next()).unwrap_or('=');
    let hash = Hash::new(HashKind::Hashtable);
    for line in text.split('\n') {
        cx.engine.step()?;
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((key, value)) = line.split_once(delimiter) else {
            return Err(cx.fail(
                "System.Management.Automation.PSInvalidOperationException",
                "InvalidOperation",
                Category::InvalidOperation,
                Value::Null,
                format!("Data line '{line}' is not in 'name=value' format."),
            ));
        };
        let key = regex::unescape(key.trim());
        let value = regex::unescape(value.trim());
        if !hash.add(Value::str(key.as_str()), Value::str(value)) {
            return Err(cx.fail(
                "System.Management.Automation.PSInvalidOperationException",
                "InvalidOperation",
                Category::InvalidOperation,
                Value::Null,
                format!("Data item '{key}' in line '{line}' is already defined."),
            ));
        }
    }
    cx.write(hash)
}

fn from_secure(cx: &mut Cx<'_>, input: Value) -> Flow<()> {
    let value = cx.arg("SecureString").unwrap_or(input);
    let secret = match value.base() {
        Value::Raw(raw) => match &**raw {
            PsValue::SecureString(secret) => Some(Arc::clone(secret)),
            _ => None,
        },
        _ => None,
    };
    let Some(secret) = secret else {
        return Err(cx.fail(
            "System.Management.Automation.ParameterBindingException",
            "CannotConvertArgumentNoMessage",
            Category::InvalidArgument,
            Value::Null,
            "Cannot bind parameter 'SecureString': the value is no secure string.",
        ));
    };
    match &*secret {
        SecureString::Clear(text) if cx.flag("AsPlainText") => cx.write(text.as_str()),
        _ => Err(cx.fail(
            "System.Management.Automation.PSNotSupportedException",
            "NotAvailableInThisConsole",
            Category::NotImplemented,
            Value::Null,
            "This console does not write secure strings in encrypted form. With -AsPlainText it gives the text of those that were made here.",
        )),
    }
}
