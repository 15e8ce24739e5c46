//! Members of error records and exceptions.

use std::rc::Rc;

use postern_shared::value::PsStr;

use crate::{
    interp::{Engine, Flow},
    value::{ErrorRecord, Exception, Object, Value},
};

/// Names of a record's properties, in order.
pub(super) const RECORD: &[&str] = &[
    "Exception",
    "TargetObject",
    "CategoryInfo",
    "FullyQualifiedErrorId",
    "ErrorDetails",
    "InvocationInfo",
    "ScriptStackTrace",
    "PipelineIterationInfo",
];
/// Names of an exception's properties, in order.
pub(super) const EXCEPTION: &[&str] =
    &["Message", "Data", "InnerException", "TargetSite", "StackTrace", "HelpLink", "Source", "HResult"];

pub(super) fn record_property(record: &Rc<ErrorRecord>, name: &str) -> Option<Value> {
    Some(match name.to_ascii_lowercase().as_str() {
        "exception" => Value::Exception(Rc::clone(&record.exception)),
        "targetobject" => record.target.clone(),
        "fullyqualifiederrorid" => Value::Str(record.full_id()),
        "categoryinfo" => Value::Object(category_info(record)),
        "errordetails" => match &*record.details.borrow() {
            Some(text) => Value::Object(Object::typed(
                "System.Management.Automation.ErrorDetails",
                [
                    ("Message", Value::Str(text.clone())),
                    ("RecommendedAction", record.advice.borrow().clone().map_or(Value::str(""), Value::Str)),
                ],
            )),
            None => Value::Null,
        },
        "invocationinfo" => Value::Object(super::invocation::of_record(record)),
        "scriptstacktrace" => Value::Str(record.stack.borrow().clone()),
        "pipelineiterationinfo" => Value::array(Vec::new()),
        "message" | "writeerrorstream" => return None,
        _ => return None,
    })
}

/// `CategoryInfo`.
pub(crate) fn category_info(record: &ErrorRecord) -> Rc<Object> {
    let or = |own: &Option<PsStr>, other: PsStr| own.clone().unwrap_or(other);
    let target_name = if record.target.is_null() { PsStr::EMPTY } else { record.target.text() };
    let target_type = record.target.type_name();
    let short = target_type.rsplit('.').next().unwrap_or("").into();
    let exception = record.exception.type_name();
    let reason = exception.rsplit('.').next().unwrap_or("").into();
    Object::typed(
        "System.Management.Automation.ErrorCategoryInfo",
        [
            ("Category", Value::Enum(record.category_value())),
            ("Activity", Value::Str(record.activity.borrow().clone())),
            ("Reason", Value::Str(or(&record.reason.borrow(), reason))),
            ("TargetName", Value::Str(or(&record.target_name.borrow(), target_name))),
            ("TargetType", Value::Str(or(&record.target_type.borrow(), short))),
        ],
    )
}

pub(super) fn exception_property(exception: &Rc<Exception>, name: &str) -> Option<Value> {
    if let Some((_, value)) = exception.properties.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)) {
        return Some(value.clone());
    }
    Some(match name.to_ascii_lowercase().as_str() {
        "message" => Value::Str(exception.message.clone()),
        "innerexception" => exception.inner.clone().map_or(Value::Null, Value::Exception),
        "errorrecord" => match &*exception.record.borrow() {
            Some(record) => Value::Error(Rc::clone(record)),
            None if exception.ty.name.starts_with("System.Management.Automation") => {
                Value::Error(Rc::new(ErrorRecord::of(
                    Rc::clone(exception),
                    exception.message.clone(),
                    crate::value::Category::NotSpecified,
                    Value::Null,
                )))
            }
            None => return None,
        },
        "data" => Value::Hash(crate::value::Hash::new(crate::value::HashKind::Hashtable)),
        "stacktrace" | "helplink" | "targetsite" => Value::Null,
        "source" => Value::str("System.Management.Automation"),
        "hresult" => Value::I32(-2_146_233_087),
        "wasthrownfromthrowstatement" => Value::Bool(false),
        "commandname" if exception.ty.name.ends_with("CommandNotFoundException") => {
            let text = exception.message.split('\'').nth(1).unwrap_or("");
            Value::str(text)
        }
        _ => return None,
    })
}

pub(super) fn call_exception(
    _: &mut Engine,
    exception: &Rc<Exception>,
    name: &str,
    arguments: &[Value],
) -> Option<Flow<Value>> {
    if name.eq_ignore_ascii_case("GetBaseException") && arguments.is_empty() {
        let mut base = Rc::clone(exception);
        while let Some(inner) = base.inner.clone() {
            base = inner;
        }
        return Some(Ok(Value::Exception(base)));
    }
    None
}
