//! The JSON that comes and goes over HTTP, by the browser's own parser.
//!
//! Derived readers would bring a second JSON parser into the page, for seven small types. What the relay writes is read
//! here field by field; a field that is missing or of another kind is an error that names it.

use js_sys::{Array, JSON, Object, Reflect};
use postern_shared::wire::{
    CheckLayer, CheckState, CheckStep, EndpointOffer, Failure, Offer, Position, Preview, ProxyChoice, SignIn,
    SignedIn, WorkspaceFile, WorkspaceFiles,
};
use wasm_bindgen::{JsCast as _, JsValue};

/// The name of the field that is not as it should be; empty for a text that is no JSON.
pub(super) type Wrong = &'static str;

/// What is read from JSON.
pub(super) trait FromJson: Sized {
    /// Reads a value.
    fn read(value: &Json) -> Result<Self, Wrong>;

    /// Reads a text.
    fn parse(text: &str) -> Result<Self, Wrong> {
        Self::read(&Json(JSON::parse(text).map_err(|_| "")?))
    }
}

/// A value of JSON.
pub(super) struct Json(JsValue);

impl Json {
    fn get(&self, name: Wrong) -> Self {
        // An absent field is `undefined`, and so is one of something that is no object.
        Self(Reflect::get(&self.0, &JsValue::from_str(name)).unwrap_or_default())
    }

    fn is_none(&self) -> bool {
        self.0.is_null() || self.0.is_undefined()
    }

    fn option(&self, name: Wrong) -> Result<Option<String>, Wrong> {
        let value = self.get(name);
        if value.is_none() { Ok(None) } else { value.0.as_string().map(Some).ok_or(name) }
    }

    fn text(&self, name: Wrong) -> Result<String, Wrong> {
        self.get(name).0.as_string().ok_or(name)
    }

    fn flag(&self, name: Wrong) -> Result<bool, Wrong> {
        self.get(name).0.as_bool().ok_or(name)
    }

    fn number(&self, name: Wrong) -> Result<u64, Wrong> {
        self.get(name).0.as_f64().map(|number| number as u64).ok_or(name)
    }

    fn list<T>(&self, name: Wrong, item: impl Fn(Self) -> Result<T, Wrong>) -> Result<Vec<T>, Wrong> {
        let list = self.get(name).0.dyn_into::<Array>().map_err(|_| name)?;
        list.iter().map(|value| item(Self(value))).collect()
    }

    /// Two texts in a list.
    fn pair(&self, name: Wrong) -> Result<(String, String), Wrong> {
        let at = |index| self.0.dyn_ref::<Array>().and_then(|pair| pair.get(index).as_string()).ok_or(name);
        Ok((at(0)?, at(1)?))
    }

    fn pairs(&self, name: Wrong) -> Result<Vec<(String, String)>, Wrong> {
        self.list(name, |pair| pair.pair(name))
    }
}

impl FromJson for Offer {
    fn read(value: &Json) -> Result<Self, Wrong> {
        Ok(Self {
            build: value.text("build")?,
            endpoints: value.list("endpoints", |endpoint| {
                let demo = endpoint.get("demo");
                Ok(EndpointOffer {
                    name: endpoint.text("name")?,
                    title: endpoint.text("title")?,
                    uri: endpoint.text("uri")?,
                    configuration: endpoint.text("configuration")?,
                    note: endpoint.option("note")?,
                    skip_checks: endpoint.flag("skip_checks")?,
                    demo: if demo.is_none() { None } else { Some(demo.pair("demo")?) },
                })
            })?,
            custom_uri: value.flag("custom_uri")?,
            custom_skip_checks: value.flag("custom_skip_checks")?,
            proxies: value.flag("proxies")?,
            idle_seconds: value.number("idle_seconds")? as u32,
        })
    }
}

impl FromJson for SignedIn {
    fn read(value: &Json) -> Result<Self, Wrong> {
        Ok(Self { session: value.text("session")? })
    }
}

impl FromJson for Failure {
    fn read(value: &Json) -> Result<Self, Wrong> {
        let position = value.get("position");
        Ok(Self {
            what: value.text("what")?,
            cause: value.text("cause")?,
            remedy: value.text("remedy")?,
            raw: value.text("raw")?,
            code: value.text("code")?,
            position: if position.is_none() {
                None
            } else {
                Some(Position {
                    start: position.number("start")? as u32,
                    end: position.number("end")? as u32,
                })
            },
            facts: value.pairs("facts")?,
        })
    }
}

impl FromJson for CheckStep {
    fn read(value: &Json) -> Result<Self, Wrong> {
        let layer = match value.text("layer")?.as_str() {
            "name" => CheckLayer::Name,
            "tcp" => CheckLayer::Tcp,
            "proxy" => CheckLayer::Proxy,
            "tls" => CheckLayer::Tls,
            "http" => CheckLayer::Http,
            "redirect" => CheckLayer::Redirect,
            "authentication" => CheckLayer::Authentication,
            "shell" => CheckLayer::Shell,
            "runspace" => CheckLayer::Runspace,
            "command" => CheckLayer::Command,
            _ => return Err("layer"),
        };
        let state = match value.text("state")?.as_str() {
            "running" => CheckState::Running,
            "passed" => CheckState::Passed {
                millis: value.number("millis")?,
                found: value.text("found")?,
                facts: value.pairs("facts")?,
            },
            "stopped" => CheckState::Stopped {
                millis: value.number("millis")?,
                failure: Failure::read(&value.get("failure"))?,
                facts: value.pairs("facts")?,
            },
            "skipped" => CheckState::Skipped { why: value.text("why")? },
            _ => return Err("state"),
        };
        Ok(Self { step: value.number("step")? as u32, layer, title: value.text("title")?, state })
    }
}

impl FromJson for WorkspaceFiles {
    fn read(value: &Json) -> Result<Self, Wrong> {
        Ok(Self {
            files: value.list("files", |file| {
                Ok(WorkspaceFile {
                    name: file.text("name")?,
                    bytes: file.number("bytes")?,
                    written: file.text("written")?,
                })
            })?,
            used: value.number("used")?,
            most: value.number("most")?,
        })
    }
}

impl FromJson for Preview {
    fn read(value: &Json) -> Result<Self, Wrong> {
        Ok(Self { text: value.option("text")?, is_cut: value.flag("is_cut")? })
    }
}

/// A sign-in as the relay reads it.
pub(super) fn sign_in(form: &SignIn) -> String {
    // Every field is named, so that a new one cannot be forgotten.
    let SignIn {
        build,
        endpoint,
        uri,
        user,
        password,
        configuration,
        oauth,
        allow_redirection,
        maximum_redirection,
        proxy,
        skip_ca_check,
        skip_cn_check,
        open_timeout,
        operation_timeout,
        idle_timeout,
        culture,
        ui_culture,
    } = form;
    let proxy = match proxy {
        ProxyChoice::Relay => JsValue::from_str("Relay"),
        ProxyChoice::System => JsValue::from_str("System"),
        ProxyChoice::None => JsValue::from_str("None"),
        ProxyChoice::Explicit { uri, user, password } => object(&[(
            "Explicit",
            object(&[("uri", uri.into()), ("user", user.into()), ("password", password.into())]),
        )]),
    };
    let text = |text: &Option<String>| text.as_ref().map_or(JsValue::NULL, JsValue::from);
    let number = |number: Option<u32>| number.map_or(JsValue::NULL, JsValue::from);
    let form = object(&[
        ("build", build.into()),
        ("endpoint", endpoint.into()),
        ("uri", text(uri)),
        ("user", user.into()),
        ("password", password.into()),
        ("configuration", text(configuration)),
        ("oauth", (*oauth).into()),
        ("allow_redirection", (*allow_redirection).into()),
        ("maximum_redirection", number(*maximum_redirection)),
        ("proxy", proxy),
        ("skip_ca_check", (*skip_ca_check).into()),
        ("skip_cn_check", (*skip_cn_check).into()),
        ("open_timeout", number(*open_timeout)),
        ("operation_timeout", number(*operation_timeout)),
        ("idle_timeout", number(*idle_timeout)),
        ("culture", text(culture)),
        ("ui_culture", text(ui_culture)),
    ]);
    // Texts, numbers and switches have no cycle, which is all that can go wrong.
    JSON::stringify(&form).map(String::from).unwrap_or_default()
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // A new object takes every field.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}
