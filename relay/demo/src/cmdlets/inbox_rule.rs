//! Rules of mailboxes: Get-, New-, Set-, Enable-, Disable- and Remove-InboxRule.

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use super::{
    configured::{given, invalid, parameters, settable},
    mailbox_settings::mailbox_or_own,
};
use crate::{
    cmdlet::{Call, Category, Cmdlet, CmdletError, Impact, Kind, Parameter, Stop},
    objects::{
        enums::OBJECT_STATE,
        field::{Field, Form, Table, texts},
        identity,
    },
    organisation::{Organisation, RecipientId, configuration::Item},
};

const TYPE: &str = "Microsoft.Exchange.Management.Common.InboxRule";

const HEAD: &[Field] = &[
    Field::fixed("Description", Form::Text("")),
    Field::fixed("Enabled", Form::Flag(true)),
    Field::fixed("InError", Form::Flag(false)),
    Field::fixed("Name", Form::Text("")),
    Field::fixed("Priority", Form::Number(0)),
    Field::fixed("RuleIdentity", Form::Text("")),
    Field::fixed("SupportedByTask", Form::Flag(true)),
];
/// What a rule looks for; the help is the phrase that stands for it in `Description`.
const CONDITIONS: &[Field] = &[
    Field::set("From", Form::NoTexts, "the message was received from"),
    Field::set("FromAddressContainsWords", Form::NoTexts, "the sender's address has"),
    Field::set("SubjectContainsWords", Form::NoTexts, "the subject has"),
    Field::set("BodyContainsWords", Form::NoTexts, "the body has"),
    Field::set("SubjectOrBodyContainsWords", Form::NoTexts, "the subject or body has"),
    Field::set("SentTo", Form::NoTexts, "the message was sent to"),
    Field::set("HasAttachment", Form::Flag(false), "the message has an attachment"),
    Field::set("MyNameInToBox", Form::Flag(false), "my name is in the To box"),
];
/// What it does.
const ACTIONS: &[Field] = &[
    Field::set("CopyToFolder", Form::NoText, "copy the message to the folder"),
    Field::set("DeleteMessage", Form::Flag(false), "delete the message"),
    Field::set("ForwardTo", Form::NoTexts, "forward the message to"),
    Field::set("ForwardAsAttachmentTo", Form::NoTexts, "forward the message as attachment to"),
    Field::set("RedirectTo", Form::NoTexts, "redirect the message to"),
    Field::set("MarkAsRead", Form::Flag(false), "mark the message as read"),
    Field::set("MoveToFolder", Form::NoText, "move the message to the folder"),
    Field::set("StopProcessingRules", Form::Flag(false), "stop processing more rules"),
];
static RULES: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        &[
            TYPE,
            "Microsoft.Exchange.Data.Storage.Management.XsoMailboxConfigurationObject",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[HEAD, CONDITIONS, ACTIONS],
        &["MailboxOwnerId", "Identity", "IsValid", "ObjectState"],
    )
});

const MAILBOX: Parameter =
    Parameter::new("Mailbox", Kind::Text).help("Whose rules; the caller's where not given.");
const RULE: Parameter = Parameter::new("Identity", Kind::Text)
    .at(0)
    .mandatory()
    .piped()
    .help("Mailbox\\Rule, or the rule's name.");
const NEW: [Parameter; settable(CONDITIONS) + settable(ACTIONS) + 3] = parameters(
    &[
        Parameter::new("Name", Kind::Text).at(0).mandatory().help("The rule's name."),
        MAILBOX,
        Parameter::switch("Force"),
    ],
    &[CONDITIONS, ACTIONS],
);

const SET: [Parameter; settable(CONDITIONS) + settable(ACTIONS) + 5] = parameters(
    &[
        RULE,
        MAILBOX,
        Parameter::new("Name", Kind::Text).help("Its new name."),
        Parameter::new("Priority", Kind::Int).help("Its place among the mailbox's rules, from 1."),
        Parameter::switch("Force"),
    ],
    &[CONDITIONS, ACTIONS],
);

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-InboxRule", "Lists the rules of a mailbox.", get)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetInboxRule")
        .output(TYPE)
        .takes(&[
            Parameter::new("Identity", Kind::Text).at(0).piped().help("Mailbox\\Rule, or the rule's name."),
            MAILBOX.by_property().alias(&["PrimarySmtpAddress"]),
            Parameter::switch("IncludeHidden"),
        ]),
    Cmdlet::new("New-InboxRule", "Makes a rule in a mailbox.", new)
        .class("Microsoft.Exchange.Management.RecipientTasks.NewInboxRule")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&NEW),
    Cmdlet::new("Set-InboxRule", "Changes a rule of a mailbox.", set)
        .class("Microsoft.Exchange.Management.RecipientTasks.SetInboxRule")
        .confirms(Impact::Medium)
        .takes(&SET),
    Cmdlet::new("Enable-InboxRule", "Puts a rule of a mailbox in force.", |call| {
        change(call, "Enabling", |rules, at| switch(rules, at, true))
    })
    .class("Microsoft.Exchange.Management.RecipientTasks.EnableInboxRule")
    .confirms(Impact::Medium)
    .takes(&[RULE, MAILBOX, Parameter::switch("Force")]),
    Cmdlet::new("Disable-InboxRule", "Takes a rule of a mailbox out of force.", |call| {
        change(call, "Disabling", |rules, at| switch(rules, at, false))
    })
    .class("Microsoft.Exchange.Management.RecipientTasks.DisableInboxRule")
    .confirms(Impact::High)
    .takes(&[RULE, MAILBOX, Parameter::switch("Force")]),
    Cmdlet::new("Remove-InboxRule", "Removes a rule of a mailbox.", |call| {
        change(call, "Removing", |rules, at| drop(rules.remove(at)))
    })
    .class("Microsoft.Exchange.Management.RecipientTasks.RemoveInboxRule")
    .confirms(Impact::High)
    .takes(&[RULE, MAILBOX, Parameter::switch("Force")]),
];

fn switch(rules: &mut [Item], at: usize, on: bool) {
    if let Some(rule) = rules.get_mut(at) {
        rule.set("Enabled", on);
    }
}

fn description(item: &Item) -> String {
    let phrases = |part: &'static [Field]| -> Vec<String> {
        let used = part.iter().filter_map(|field| {
            let plain = item.value(field.name).filter(|plain| !plain.is_null())?;
            match plain.as_bool() {
                Some(true) => Some(field.help.to_owned()),
                Some(false) => None,
                None => {
                    let words: Vec<String> = texts(plain).iter().map(|word| format!("'{word}'")).collect();
                    Some(format!("{} {}", field.help, words.join(" or ")))
                }
            }
        });
        used.collect()
    };
    format!(
        "If the message:\r\n\t{}\r\nTake the following actions:\r\n\t{}\r\n",
        phrases(CONDITIONS).join("\r\n\tand "),
        phrases(ACTIONS).join("\r\n\tand ")
    )
}

fn object(organisation: &Organisation, id: RecipientId, item: &Item, at: usize) -> PsValue {
    let number = item.guid.as_u128() as u64;
    let text = PsStr::from(format!("{}\\{number}", organisation.canonical_name(id)));
    let plain = item.values().iter().map(|(name, value)| (name.as_str(), value.clone())).chain([
        ("Name", item.name.clone().into()),
        ("Description", description(item).into()),
        ("Priority", (at as i32 + 1).into()),
        ("RuleIdentity", PsValue::U64(number)),
    ]);
    let tail = vec![
        identity(organisation, id),
        text.clone().into(),
        true.into(),
        OBJECT_STATE.fresh(&["Unchanged"]),
    ];
    RULES.object(text, plain, Vec::new(), tail)
}

/// The mailbox and the place of the rule that -Identity names; `None` after writing the error.
fn find(call: &mut Call<'_>) -> Result<Option<(RecipientId, usize)>, Stop> {
    let given = PsStr::from(call.text("Identity").unwrap_or_default());
    let owner = given
        .split_once('\\')
        .and_then(|(owner, rule)| call.organisation().find(owner).map(|id| (id, PsStr::from(rule))));
    let (id, rule) = match owner {
        Some(found) => found,
        None => match mailbox_or_own(call, "Mailbox")? {
            Some(id) => (id, given.clone()),
            None => return Ok(None),
        },
    };
    let at = {
        let rules = call.organisation().inbox_rules(id);
        rules.iter().position(|own| own.is_called(&rule) || (own.guid.as_u128() as u64).to_string() == *rule)
    };
    if at.is_none() {
        let message =
            format!("The Inbox rule '{rule}' wasn't found. Please verify that the rule still exists.");
        let error =
            CmdletError::exchange("ManagementObjectNotFoundException", Category::NotSpecified, message);
        call.error(error.about(given))?;
    }
    Ok(at.map(|at| (id, at)))
}

fn get(call: &mut Call<'_>) -> Result<(), Stop> {
    // A mailbox from the pipeline is bound to both; its rules are meant.
    let whole = call.text("Identity").map(PsStr::from).is_none_or(|name| {
        let organisation = call.organisation();
        organisation.resolve(&name, |id| organisation.recipient(id).kind.is_mailbox()).is_ok()
            && (call.given("Mailbox") || !name.contains('\\'))
            && call.expects_input()
    });
    let (id, only) = if whole {
        let Some(id) = mailbox_or_own(call, if call.given("Mailbox") { "Mailbox" } else { "Identity" })?
        else {
            return Ok(());
        };
        (id, None)
    } else {
        let Some((id, at)) = find(call)? else { return Ok(()) };
        (id, Some(at))
    };
    let objects: Vec<PsValue> = {
        let organisation = call.organisation();
        let rules = organisation.inbox_rules(id);
        let wanted = rules.iter().enumerate().filter(|(at, _)| only.is_none_or(|only| only == *at));
        wanted.map(|(at, item)| object(&organisation, id, item, at)).collect()
    };
    objects.into_iter().try_for_each(|object| call.write(object))
}

fn new(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(id) = mailbox_or_own(call, "Mailbox")? else { return Ok(()) };
    let name = PsStr::from(call.text("Name").unwrap_or_default());
    if !ACTIONS.iter().any(|field| call.given(field.name)) {
        return call.error(invalid("The Inbox rule must have at least one action."));
    }
    let mut rules = call.organisation().inbox_rules(id);
    if rules.iter().any(|rule| rule.name.eq_ignore_ascii_case(&name)) {
        return call
            .error(invalid(format!("An Inbox rule with the name \"{name}\" already exists.")).about(name));
    }
    let values = given(call, CONDITIONS.iter().chain(ACTIONS), |_| None);
    if !call.should_do(&format!("Creating the Inbox rule \"{name}\"."))? {
        return Ok(());
    }
    let written = {
        let mut organisation = call.organisation_mut();
        let mut item = Item::new(organisation.new_guid(), name, organisation.now());
        for (property, value) in values {
            item.set(property, value);
        }
        rules.insert(0, item.clone());
        organisation.set_inbox_rules(id, rules);
        object(&organisation, id, &item, 0)
    };
    call.write(written)
}

fn set(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some((id, at)) = find(call)? else { return Ok(()) };
    let mut rules = call.organisation().inbox_rules(id);
    if at >= rules.len() {
        return Ok(());
    }
    let mut item = rules.remove(at);
    let old = item.name.clone();
    if let Some(name) = call.text("Name").map(PsStr::from) {
        if rules.iter().any(|rule| rule.name.eq_ignore_ascii_case(&name)) {
            return call.error(
                invalid(format!("An Inbox rule with the name \"{name}\" already exists.")).about(name),
            );
        }
        item.name = name;
    }
    let place = match call.int("Priority").map(usize::try_from) {
        None => at,
        Some(Ok(place @ 1..)) => (place - 1).min(rules.len()),
        Some(_) => return call.error(invalid("The priority of an Inbox rule must be at least 1.")),
    };
    for (property, value) in
        given(call, CONDITIONS.iter().chain(ACTIONS), |field| item.value(field.name).cloned())
    {
        item.set(property, value);
    }
    let acts = |field: &Field| {
        item.value(field.name).is_some_and(|value| !value.is_null() && value.as_bool() != Some(false))
    };
    if !ACTIONS.iter().any(acts) {
        return call.error(invalid("The Inbox rule must have at least one action."));
    }
    rules.insert(place, item);
    if call.should_do(&format!("Modifying the Inbox rule \"{old}\"."))? {
        call.organisation_mut().set_inbox_rules(id, rules);
    }
    Ok(())
}

fn change(call: &mut Call<'_>, what: &str, change: fn(&mut Vec<Item>, usize)) -> Result<(), Stop> {
    let Some((id, at)) = find(call)? else { return Ok(()) };
    let mut rules = call.organisation().inbox_rules(id);
    let name = rules.get(at).map(|rule| rule.name.clone()).unwrap_or_default();
    if call.should_do(&format!("{what} the Inbox rule \"{name}\"."))? {
        change(&mut rules, at);
        call.organisation_mut().set_inbox_rules(id, rules);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use postern_shared::value::PsValue;

    use crate::cmdlets::trial::Trial;

    #[test]
    fn a_rule_is_made_switched_and_removed() {
        let trial = Trial::new();
        let nora = ("Mailbox", "nora.fink".into());
        let rules = || trial.run("Get-InboxRule", std::slice::from_ref(&nora)).output;
        let before = rules().len();
        let new =
            [nora.clone(), ("SubjectContainsWords", "Labor".into()), ("MoveToFolder", "Archive".into())];
        let made = trial.run("New-InboxRule Labor", &new).only();
        assert_eq!(
            made.get("Description").unwrap().to_string(),
            "If the message:\r\n\tthe subject has 'Labor'\r\nTake the following actions:\r\n\tmove the message to the \
             folder 'Archive'\r\n"
        );
        assert_eq!(rules().len(), before + 1);
        trial.run("New-InboxRule Labor", &new).failed_with("already exists");
        trial.run("New-InboxRule Idle", &new[..2]).failed_with("at least one action");
        trial.pipe(vec![made.clone()], "Disable-InboxRule", &[("Confirm", false.into())]).empty();
        assert_eq!(rules()[0].get("Enabled"), Some(&false.into()));
        trial.run("Enable-InboxRule Labor", std::slice::from_ref(&nora)).empty();
        assert_eq!(rules()[0].get("Enabled"), Some(&true.into()));
        let set = |values: &[(&str, PsValue)]| {
            let values: Vec<_> = std::iter::once(nora.clone()).chain(values.iter().cloned()).collect();
            trial.run("Set-InboxRule Labor", &values)
        };
        trial.run("New-InboxRule Aktuell", &new).only();
        set(&[("MarkAsRead", true.into()), ("Priority", 1.into())]).empty();
        let moved = &rules()[0];
        assert_eq!(moved.get("Name"), Some(&"Labor".into()));
        let description = moved.get("Description").unwrap().to_string();
        assert!(description.contains("mark the message as read\r\n\tand move the message"), "{description}");
        set(&[("MarkAsRead", false.into()), ("MoveToFolder", PsValue::Null)])
            .failed_with("at least one action");
        set(&[("Priority", 0.into())]).failed_with("at least 1");
        set(&[("Name", "Aktuell".into())]).failed_with("already exists");
        trial.run("Remove-InboxRule Aktuell", &[nora.clone(), ("Confirm", false.into())]).empty();
        let removed = trial.pipe(vec![made], "Remove-InboxRule", &[]);
        assert_eq!(removed.asked.len(), 1);
        assert_eq!(rules().len(), before);
        trial.run("Remove-InboxRule Labor", std::slice::from_ref(&nora)).failed_with("wasn't found");
        let mailboxes = trial.run("Get-Mailbox", &[("ResultSize", "Unlimited".into())]).output;
        let all = trial.pipe(mailboxes, "Get-InboxRule", &[]);
        assert!(all.errors.is_empty() && all.output.len() > 5, "{:?} {}", all.errors, all.output.len());
    }
}
