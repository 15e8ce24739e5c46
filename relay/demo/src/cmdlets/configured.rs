//! What the cmdlets of the configuration share: finding, listing, making, changing and removing its objects, and
//! parameters made of a type's fields.

use postern_shared::value::{PsStr, PsValue};

use crate::{
    cmdlet::{Call, Category, Change, CmdletError, Kind, Limit, Parameter, Pattern, Stop},
    objects::field::{Field, Form, ItemType, plain_list, texts},
    organisation::configuration::Item,
};

/// What a Get- cmdlet lists.
pub(super) const LISTED: Parameter = Parameter::new("Identity", Kind::Text)
    .at(0)
    .piped()
    .help("Name, GUID or identity; * stands for any text.");
/// What a cmdlet changes.
pub(super) const IDENTITY: Parameter =
    Parameter::new("Identity", Kind::Text).at(0).mandatory().piped().help("Name, GUID or identity.");
/// The domain controller to ask; taken and not looked at.
pub(super) const DOMAIN_CONTROLLER: Parameter = Parameter::new("DomainController", Kind::Text);

/// How many of the fields are set by a parameter.
pub(super) const fn settable(fields: &[Field]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < fields.len() {
        count += fields[at].settable as usize;
        at += 1;
    }
    count
}

/// Parameters: some of their own, then one for each field that can be set. `N` is the number of both.
pub(super) const fn parameters<const N: usize>(own: &[Parameter], fields: &[&[Field]]) -> [Parameter; N] {
    let mut all = [Parameter::new("", Kind::Any); N];
    let mut next = 0;
    while next < own.len() {
        all[next] = own[next];
        next += 1;
    }
    let mut group = 0;
    while group < fields.len() {
        let mut at = 0;
        while at < fields[group].len() {
            let field = &fields[group][at];
            if field.settable {
                all[next] = parameter(field);
                next += 1;
            }
            at += 1;
        }
        group += 1;
    }
    assert!(next == N, "N is not the number of parameters");
    all
}

const fn parameter(field: &Field) -> Parameter {
    let kind = match field.form {
        Form::Flag(_) | Form::NoFlag => Kind::Bool,
        Form::Text(_) | Form::NoText | Form::Address(_) | Form::Id(_) => Kind::Text,
        Form::Number(_) | Form::NoNumber => Kind::Int,
        Form::Word(words, _) => {
            return Parameter::new(field.name, Kind::Enum(words.names))
                .typed(words.type_name)
                .help(field.help);
        }
        Form::Texts(_) | Form::NoTexts | Form::Ids(_) => Kind::MultiValued,
        Form::Span(_) => Kind::TimeSpan,
        Form::Size(_) | Form::PlainSize(_) => Kind::Size,
        Form::Limit(_) => Kind::Unlimited,
        Form::NoDate => Kind::DateTime,
        Form::Made(_) => Kind::Any,
    };
    Parameter::new(field.name, kind).help(field.help)
}

/// The plain values that the given parameters set; `present` is the plain value before, if it is not the default.
pub(super) fn given<'f>(
    call: &Call<'_>,
    fields: impl IntoIterator<Item = &'f Field>,
    present: impl Fn(&Field) -> Option<PsValue>,
) -> Vec<(PsStr, PsValue)> {
    let known = call.cmdlet().parameters;
    let given = fields.into_iter().filter(|field| {
        field.settable && known.iter().any(|parameter| parameter.name == field.name) && call.given(field.name)
    });
    given.map(|field| (field.name.into(), plain(call, field, present(field)))).collect()
}

fn plain(call: &Call<'_>, field: &Field, present: Option<PsValue>) -> PsValue {
    let value = call.value(field.name).cloned().unwrap_or_default();
    match field.form {
        Form::Texts(_) | Form::NoTexts | Form::Ids(_) => {
            let present = present.map_or_else(|| field.form.default_texts(), |plain| texts(&plain));
            match call.change(field.name) {
                Some(Change::Set(items)) if items.is_empty() && matches!(field.form, Form::NoTexts) => {
                    PsValue::Null
                }
                change => plain_list(changed(present, change)),
            }
        }
        Form::Span(_) => call.span(field.name).map_or(PsValue::Null, |span| (span.ticks / 10_000_000).into()),
        Form::Size(_) | Form::PlainSize(_) | Form::Limit(_) => match call.limit(field.name) {
            Some(Limit::At(number)) => i64::try_from(number).unwrap_or(i64::MAX).into(),
            _ => PsValue::Null,
        },
        Form::Text(_) if value.is_null() => PsStr::EMPTY.into(),
        _ => value,
    }
}

/// A list after a change.
pub(super) fn changed(mut items: Vec<PsStr>, change: Option<Change>) -> Vec<PsStr> {
    match change {
        None => items,
        Some(Change::Set(items)) => items,
        Some(Change::Edit { add, remove }) => {
            items.retain(|item| !remove.iter().any(|gone| gone.eq_ignore_ascii_case(item)));
            for item in add {
                if !items.iter().any(|own| own.eq_ignore_ascii_case(&item)) {
                    items.push(item);
                }
            }
            items
        }
    }
}

/// The objects that -Identity selects, all where it is not given. Writes the error that there is none.
pub(super) fn selected(call: &mut Call<'_>, kind: &ItemType) -> Result<Vec<Item>, Stop> {
    let identity = call.text("Identity").map(PsStr::from);
    let found: Vec<Item> = {
        let organisation = call.organisation();
        let all = organisation.configuration.all(kind.class).iter();
        match &identity {
            None => all.cloned().collect(),
            Some(identity) if Pattern::is_in(identity) => {
                let pattern = Pattern::new(identity);
                all.filter(|item| pattern.matches(&item.name) || pattern.matches(&item.identity))
                    .cloned()
                    .collect()
            }
            Some(identity) => all.filter(|item| names(kind, item, identity)).cloned().collect(),
        }
    };
    if let Some(identity) = identity.filter(|identity| found.is_empty() && !Pattern::is_in(identity)) {
        call.error(CmdletError::not_found(&identity).about(identity))?;
    }
    Ok(found)
}

fn names(kind: &ItemType, item: &Item, identity: &str) -> bool {
    item.is_called(identity) || kind.distinguished_name(item).eq_ignore_ascii_case(identity)
}

/// Lists the objects that -Identity selects.
pub(super) fn get(call: &mut Call<'_>, kind: &ItemType) -> Result<(), Stop> {
    for item in selected(call, kind)? {
        call.write(kind.object(&item))?;
    }
    Ok(())
}

/// The one object that a parameter names; `None` after writing the error that there is none.
pub(super) fn one(call: &mut Call<'_>, parameter: &str, kind: &ItemType) -> Result<Option<Item>, Stop> {
    let identity = PsStr::from(call.text(parameter).unwrap_or_default());
    let found = {
        let organisation = call.organisation();
        let mut all = organisation.configuration.all(kind.class).iter();
        all.find(|item| names(kind, item, &identity)).cloned()
    };
    if found.is_none() {
        call.error(CmdletError::not_found(&identity).about(identity))?;
    }
    Ok(found)
}

/// Changes an object of the configuration, if it is still there, and notes the time.
pub(super) fn change(call: &Call<'_>, kind: &ItemType, item: &Item, change: impl FnOnce(&mut Item)) {
    let mut organisation = call.organisation_mut();
    let now = organisation.now();
    let all = organisation.configuration.all_mut(kind.class);
    if let Some(item) = all.iter_mut().find(|own| own.guid == item.guid) {
        change(item);
        item.changed = now;
    }
}

/// Asks, and sets what the parameters say; `what` is the beginning of the question. False where nothing was done.
pub(super) fn set(call: &mut Call<'_>, kind: &ItemType, item: &Item, what: &str) -> Result<bool, Stop> {
    let values = given(call, kind.fields(), |field| item.value(field.name).cloned());
    let name = if call.cmdlet().parameters.iter().any(|parameter| parameter.name == "Name") {
        call.text("Name").map(PsStr::from)
    } else {
        None
    };
    if let Some(name) = name.as_ref().filter(|name| !name.eq_ignore_ascii_case(&item.name)) {
        let taken = call.organisation().configuration.find(kind.class, name).is_some();
        if taken {
            call.error(already_exists(kind, name))?;
            return Ok(false);
        }
    }
    if !call.should_do(&format!("{what} \"{}\".", item.identity))? {
        return Ok(false);
    }
    if values.is_empty() && name.is_none() {
        call.warning(format!(
            "The command completed successfully but no settings of '{}' have been modified.",
            item.identity
        ))?;
        return Ok(true);
    }
    change(call, kind, item, |item| {
        for (property, value) in values {
            item.set(property, value);
        }
        if let Some(name) = name {
            if item.identity == item.name {
                item.identity = name.clone();
            }
            item.name = name;
        }
    });
    Ok(true)
}

/// Asks, and makes an object of the parameters' values; `None` where it was not made.
pub(super) fn add(
    call: &mut Call<'_>,
    kind: &ItemType,
    name: &PsStr,
    what: &str,
) -> Result<Option<Item>, Stop> {
    let taken = call.organisation().configuration.find(kind.class, name).is_some();
    if taken {
        call.error(already_exists(kind, name))?;
        return Ok(None);
    }
    let values = given(call, kind.fields(), |_| None);
    if !call.should_do(&format!("{what} \"{name}\"."))? {
        return Ok(None);
    }
    let mut organisation = call.organisation_mut();
    let mut item = Item::new(organisation.new_guid(), name.clone(), organisation.now());
    for (property, value) in values {
        item.set(property, value);
    }
    organisation.configuration.all_mut(kind.class).push(item.clone());
    Ok(Some(item))
}

/// Asks, and removes the object that -Identity names.
pub(super) fn remove(call: &mut Call<'_>, kind: &ItemType, what: &str) -> Result<(), Stop> {
    let Some(item) = one(call, "Identity", kind)? else { return Ok(()) };
    if call.should_do(&format!("{what} \"{}\".", item.identity))? {
        call.organisation_mut().configuration.all_mut(kind.class).retain(|own| own.guid != item.guid);
    }
    Ok(())
}

/// `ADObjectAlreadyExistsException`.
pub(super) fn already_exists(kind: &ItemType, name: &PsStr) -> CmdletError {
    let dn = kind.distinguished_name(&Item::new(
        postern_shared::value::Uuid::nil(),
        name.clone(),
        crate::organisation::Moment(0),
    ));
    CmdletError::exchange(
        "ADObjectAlreadyExistsException",
        Category::ResourceExists,
        format!(
            "Active Directory operation failed on {}. The object '{dn}' already exists.",
            crate::organisation::DOMAIN_CONTROLLER
        ),
    )
    .about(name.clone())
}

/// An argument that a cmdlet cannot take.
pub(super) fn invalid(message: impl Into<String>) -> CmdletError {
    CmdletError::exchange("System.ArgumentException", Category::InvalidArgument, message)
}
