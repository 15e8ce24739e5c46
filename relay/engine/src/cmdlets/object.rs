//! Add-Member and New-Object.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    interp::{Flow, Validate},
    value::{Category, Hash, Member, Object, Type, Value, Wrapped, enums},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Add-Member", "Adds properties and methods to an object.")
            .default_set("TypeNameSet")
            .param(P::input("InputObject", "The object.").mandatory())
            .param(
                P::new("NotePropertyMembers", "Names and values of several properties.")
                    .ty(Type::IDictionary)
                    .set("NotePropertyMultiMemberSet")
                    .at(0)
                    .mandatory(),
            )
            .param(
                P::new("NotePropertyName", "A property's name.")
                    .text()
                    .check(Validate::NotMemberType)
                    .set("NotePropertySingleMemberSet")
                    .at(0)
                    .mandatory(),
            )
            .param(
                P::new("NotePropertyValue", "A property's value.")
                    .set("NotePropertySingleMemberSet")
                    .at(1)
                    .mandatory()
                    .nullable(),
            )
            .param(
                P::new("MemberType", "The kind of member.")
                    .ty(Type::EnumOf(&enums::MEMBER_TYPES))
                    .alias("Type")
                    .set("MemberSet")
                    .at(0)
                    .mandatory(),
            )
            .param(P::new("Name", "The member's name.").text().set("MemberSet").at(1).mandatory())
            .param(P::new("Value", "Value, script or name.").set("MemberSet").at(2))
            .param(P::new("SecondValue", "The script that sets.").set("MemberSet").at(3))
            .param(
                P::new("TypeName", "A type name that goes before the others.")
                    .text()
                    .set("TypeNameSet")
                    .mandatory()
                    .set("MemberSet")
                    .set("NotePropertySingleMemberSet")
                    .set("NotePropertyMultiMemberSet"),
            )
            .param(P::switch("Force", "Replaces a member of that name."))
            .param(P::switch("PassThru", "Gives the object."))
            .example("$m | Add-Member Size 5", "A property Size.")
            .run(|| Box::new(AddMember)),
    );
    registry.add(
        Declare::new("New-Object", "Makes an object of a type that this console has.")
            .default_set("Net")
            .param(P::new("TypeName", "The type.").text().set("Net").at(0).mandatory())
            .param(
                P::new("ArgumentList", "What the constructor takes.")
                    .many()
                    .alias("Args")
                    .set("Net")
                    .at(1)
                    .nullable(),
            )
            .param(P::new("Property", "Properties to set.").ty(Type::IDictionary))
            .param(P::new("ComObject", "Not available here.").text().set("Com").at(0).mandatory())
            .example("New-Object psobject -Property @{ Name = 'x' }", "An object with one property.")
            .simple(new_object),
    );
}

struct AddMember;

impl Cmdlet for AddMember {
    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let (bag, holds) = match &input {
            Value::Object(object) => (Rc::clone(object), true),
            Value::Remote(object) => (object.own_notes(), true),
            Value::Empty => return Ok(()),
            // Any other value cannot hold members itself: what is given on carries them.
            Value::Wrapped(wrapped) => (wrapped.notes.copy(), false),
            _ => (Object::new(), false),
        };
        if let Some(Value::Hash(members)) = cx.arg("NotePropertyMembers") {
            for (name, value) in members.entries() {
                note(cx, &input, &bag, name.text(), value)?;
            }
        } else if let Some(name) = cx.text("NotePropertyName") {
            let value = cx.arg("NotePropertyValue").unwrap_or_default();
            note(cx, &input, &bag, name, value)?;
        } else if let Some(Value::Enum(kind)) = cx.arg("MemberType") {
            let name = cx.text("Name").unwrap_or_default();
            let (value, second) =
                (cx.arg("Value").unwrap_or_default(), cx.arg("SecondValue").unwrap_or_default());
            if is_there(cx, &input, &bag, &name)? {
                return Ok(());
            }
            match kind.name().as_str() {
                "NoteProperty" | "Property" => bag.set(name, value),
                "AliasProperty" => bag.add_member(name, Member::Alias(value.text())),
                "ScriptProperty" => bag.add_member(name, Member::ScriptProperty(value, second)),
                "ScriptMethod" => bag.add_member(name, Member::ScriptMethod(value)),
                "PropertySet" => bag.add_member(name, Member::PropertySet(crate::convert::text_list(&value))),
                // What a MemberSet is for (the default properties of a view) has no effect here.
                "MemberSet" => {}
                other => {
                    return Err(cx.fail(
                        "System.InvalidOperationException",
                        "CannotAddMemberType",
                        Category::InvalidOperation,
                        Value::Null,
                        format!("A member of the kind {other} cannot be added."),
                    ));
                }
            }
        }
        if let Some(name) = cx.text("TypeName") {
            let mut names = input.type_names();
            names.insert(0, name);
            *bag.type_names.borrow_mut() = Some(names.into());
        }
        if !cx.flag("PassThru") {
            return Ok(());
        }
        if holds {
            return cx.write(input);
        }
        let base = input.base().clone();
        let notes = Rc::try_unwrap(bag).unwrap_or_default();
        cx.write(Value::Wrapped(Rc::new(Wrapped { base, text: None, notes })))
    }
}

fn note(cx: &mut Cx<'_>, input: &Value, bag: &Rc<Object>, name: PsStr, value: Value) -> Flow<()> {
    if !is_there(cx, input, bag, &name)? {
        bag.set(name, value);
    }
    Ok(())
}

/// Whether the object has a member of that name already, which is an error then; `-Force` replaces it.
fn is_there(cx: &mut Cx<'_>, input: &Value, bag: &Rc<Object>, name: &str) -> Flow<bool> {
    let sent = matches!(input, Value::Remote(object) if object.get(name).is_some());
    if cx.flag("Force") || !bag.has(name) && !sent {
        return Ok(false);
    }
    cx.error(
        "System.InvalidOperationException",
        "MemberAlreadyExists",
        Category::InvalidOperation,
        input.clone(),
        format!("Cannot add a member with the name \"{name}\" because a member with that name already exists. To overwrite the member anyway, add the Force parameter to your command."),
    )?;
    Ok(true)
}

fn new_object(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    if cx.has("ComObject") {
        return Err(cx.engine.refused("COM objects are not available in this console."));
    }
    let name = cx.text("TypeName").unwrap_or_default();
    let Some(ty) = Type::parse(&name) else {
        return Err(cx.fail(
            "System.Management.Automation.PSArgumentException",
            "TypeNotFound",
            Category::InvalidType,
            Value::Null,
            format!("Cannot find type [{name}]: this console has a fixed set of types."),
        ));
    };
    let arguments = match cx.arg("ArgumentList") {
        Some(Value::Array(items)) => items.items.borrow().clone(),
        Some(value) => vec![value],
        None => Vec::new(),
    };
    let made = cx.engine.construct(ty, &arguments)?;
    if let Some(Value::Hash(properties)) = cx.arg("Property") {
        set_properties(cx, &made, &properties)?;
    }
    cx.write(made)
}

fn set_properties(cx: &mut Cx<'_>, made: &Value, properties: &Hash) -> Flow<()> {
    for (name, value) in properties.entries() {
        match made {
            Value::Object(object) => object.set(name.text(), value),
            other => cx.engine.set_property(other, &name.text(), value)?,
        }
    }
    Ok(())
}
