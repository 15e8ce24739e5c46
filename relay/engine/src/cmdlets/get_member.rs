//! Get-Member.

use postern_shared::value::PsStr;

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    interp::Flow,
    members::{self, Property},
    ops::pattern::Wildcard,
    value::{Category, EnumValue, Member, Object, Type, Value, enums},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Get-Member", "Gives the properties and methods of objects.")
            .alias("gm")
            .param(P::input("InputObject", "The objects."))
            .param(P::new("Name", "Names, with wildcards.").texts().at(0))
            .param(
                P::new("MemberType", "Only these kinds.")
                    .ty(Type::EnumOf(&enums::MEMBER_TYPES))
                    .alias("Type"),
            )
            .param(P::new("View", "Extended, Adapted, Base or All.").text())
            .param(P::switch("Static", "Static members."))
            .param(P::switch("Force", "Also those that are hidden."))
            .example("Get-Mailbox nora.fink | Get-Member", "What a mailbox has.")
            .run(|| Box::<GetMember>::default()),
    );
}

#[derive(Default)]
struct GetMember {
    /// Types whose members have been given.
    seen: Vec<PsStr>,
}

/// Methods that every object has.
const METHODS: &[(&str, &str)] = &[
    ("Equals", "bool Equals(System.Object obj)"),
    ("GetHashCode", "int GetHashCode()"),
    ("GetType", "type GetType()"),
    ("ToString", "string ToString()"),
];

impl Cmdlet for GetMember {
    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if input.is_null() {
            return Ok(());
        }
        let type_name = input.type_names().into_iter().next().unwrap_or_default();
        if self.seen.contains(&type_name) {
            return Ok(());
        }
        self.seen.push(type_name.clone());
        let names: Vec<Wildcard> = cx.texts("Name").iter().map(|name| Wildcard::new(name, false)).collect();
        let kinds = match cx.arg("MemberType") {
            Some(Value::Enum(kind)) => kind.number,
            _ => i64::MAX,
        };
        let mut members: Vec<(PsStr, EnumValue, PsStr)> = Vec::new();
        let mut add = |name: PsStr, kind: &str, definition: String| {
            if let Some(kind) = enums::MEMBER_TYPES.parse(kind) {
                members.push((name, kind, definition.into()));
            }
        };
        if !cx.flag("Static") {
            for (name, definition) in METHODS {
                add(PsStr::from_static(name), "Method", (*definition).to_owned());
            }
            for property in members::all_properties(&input) {
                let definition = definition(&property);
                add(property.name, property.kind, definition);
            }
            if let Value::Object(object) = &input {
                for (name, member) in object.other_members() {
                    if let Member::ScriptMethod(_) = member {
                        add(name.clone(), "ScriptMethod", format!("System.Object {name}();"));
                    }
                }
            }
        }
        members.sort_by(|a, b| {
            let methods = |kind: i64| kind & 0x1C0 != 0;
            let own = |member: &(PsStr, EnumValue, PsStr)| {
                (!methods(member.1.number), member.1.name(), member.0.to_lowercase())
            };
            own(a).cmp(&own(b))
        });
        for (name, kind, definition) in members {
            if kind.number & kinds == 0 || !names.is_empty() && !names.iter().any(|own| own.matches(&name)) {
                continue;
            }
            let label = definition.clone();
            let member = Object::typed(
                "Microsoft.PowerShell.Commands.MemberDefinition",
                [
                    ("TypeName", Value::Str(type_name.clone())),
                    ("Name", Value::Str(name)),
                    ("MemberType", Value::Enum(kind)),
                    ("Definition", Value::Str(definition)),
                ],
            );
            cx.write(member.labelled(label))?;
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if self.seen.is_empty() {
            return cx.error(
                "System.InvalidOperationException",
                "NoObjectInGetMember",
                Category::CloseError,
                Value::Null,
                "You must specify an object for the Get-Member cmdlet.",
            );
        }
        Ok(())
    }
}

/// The type's name as members show it: short where PowerShell has a short one.
fn display(value: &Value) -> PsStr {
    match value {
        Value::Null | Value::Empty => "object".into(),
        Value::Object(object) => object.type_name(),
        Value::Remote(object) => object.type_names.first().cloned().unwrap_or_default(),
        Value::Net(object) => object.type_name(),
        other => match other.type_of() {
            Type::ArrayOf(elem) => format!("{}[]", elem.name()).into(),
            Type::Hashtable => "hashtable".into(),
            ty => ty.short_name(),
        },
    }
}

fn definition(property: &Property) -> String {
    let Property { name, value, kind } = property;
    let shown = match value {
        Value::Null | Value::Empty => PsStr::from_static("null"),
        Value::Array(_) | Value::List(_) => value.type_name(),
        value => value.text(),
    };
    match *kind {
        "NoteProperty" => format!("{} {name}={shown}", display(value)),
        "AliasProperty" => format!("{name} = {shown}"),
        "ScriptProperty" => format!("System.Object {name} {{get={shown};}}"),
        _ if matches!(value, Value::Remote(_)) => format!("{} {name} {{get;set;}}", display(value)),
        _ => format!("{} {name} {{get;}}", display(value)),
    }
}
