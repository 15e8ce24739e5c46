//! Rules for mail on its way: Get-, New-, Set-, Enable-, Disable- and Remove-TransportRule.

mod fields;

use std::sync::LazyLock;

use postern_shared::value::{PsStr, PsValue};

use self::fields::{ACTIONS, CONDITIONS, EXCEPTIONS, GENERAL, HEAD};
use super::{
    configured::{
        self, DOMAIN_CONTROLLER, IDENTITY, LISTED, change, invalid, one, parameters, selected, settable,
    },
    object_filter::ObjectFilter,
};
use crate::{
    cmdlet::{Call, Cmdlet, Impact, Kind, Parameter, Stop},
    objects::{
        field::{Field, ItemType, Tail, texts},
        values,
    },
    organisation::configuration::Item,
};

const TYPE: &str = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.Rule";
/// Where the conditions and actions of rules are classes.
const CLASSES: &str = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks";

static RULE: LazyLock<ItemType> = LazyLock::new(|| {
    ItemType::new(
        &[
            TYPE,
            "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.RulePresentationObjectBase",
            "Microsoft.Exchange.Data.ConfigurableObject",
        ],
        &[HEAD, GENERAL, CONDITIONS, EXCEPTIONS, ACTIONS],
        (&["Transport Settings", "Rules", "TransportVersioned"], "msExchTransportRule"),
        Tail::Rule,
    )
});

const FIELDS: usize = settable(GENERAL) + settable(CONDITIONS) + settable(EXCEPTIONS) + settable(ACTIONS);
const NAME: Parameter = Parameter::new("Name", Kind::Text).help("The rule's name.");
const PRIORITY: Parameter = Parameter::new("Priority", Kind::Int).help("The rule's place, from 0.");
const ENABLED: Parameter =
    Parameter::new("Enabled", Kind::Bool).help("Whether the rule is in force from the start.");
const NEW: [Parameter; FIELDS + 4] = parameters(
    &[NAME.at(0).mandatory(), PRIORITY, ENABLED, DOMAIN_CONTROLLER],
    &[GENERAL, CONDITIONS, EXCEPTIONS, ACTIONS],
);
const SET: [Parameter; FIELDS + 4] =
    parameters(&[IDENTITY, NAME, PRIORITY, DOMAIN_CONTROLLER], &[GENERAL, CONDITIONS, EXCEPTIONS, ACTIONS]);

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-TransportRule", "Lists the rules for mail on its way.", get_rule)
        .class("Microsoft.Exchange.MessagingPolicies.Rules.Tasks.GetTransportRule")
        .output(TYPE)
        .takes(&[
            LISTED,
            Parameter::new("State", Kind::Enum(&["Enabled", "Disabled"])).help("Only rules in this state."),
            Parameter::new("ResultSize", Kind::Unlimited),
            Parameter::new("Filter", Kind::Filter),
            DOMAIN_CONTROLLER,
        ]),
    Cmdlet::new("New-TransportRule", "Makes a rule for mail on its way.", new_rule)
        .class("Microsoft.Exchange.MessagingPolicies.Rules.Tasks.NewTransportRule")
        .output(TYPE)
        .confirms(Impact::Medium)
        .takes(&NEW),
    Cmdlet::new("Set-TransportRule", "Changes a rule for mail on its way.", set_rule)
        .class("Microsoft.Exchange.MessagingPolicies.Rules.Tasks.SetTransportRule")
        .confirms(Impact::Medium)
        .takes(&SET),
    Cmdlet::new("Enable-TransportRule", "Puts a rule in force.", |call| switch(call, "Enabled", "Enabling"))
        .class("Microsoft.Exchange.MessagingPolicies.Rules.Tasks.EnableTransportRule")
        .confirms(Impact::Medium)
        .takes(&[
            IDENTITY,
            Parameter::new("Mode", Kind::Enum(&["Audit", "AuditAndNotify", "Enforce"]))
                .help("Whether the rule acts or only notes what it would do."),
            DOMAIN_CONTROLLER,
        ]),
    Cmdlet::new("Disable-TransportRule", "Takes a rule out of force.", |call| {
        switch(call, "Disabled", "Disabling")
    })
    .class("Microsoft.Exchange.MessagingPolicies.Rules.Tasks.DisableTransportRule")
    .confirms(Impact::High)
    .takes(&[IDENTITY, DOMAIN_CONTROLLER]),
    Cmdlet::new("Remove-TransportRule", "Removes a rule.", |call| {
        configured::remove(call, &RULE, "Removing the transport rule")
    })
    .class("Microsoft.Exchange.MessagingPolicies.Rules.Tasks.RemoveTransportRule")
    .confirms(Impact::High)
    .takes(&[IDENTITY, DOMAIN_CONTROLLER]),
];

/// Whether a field of a rule says something.
fn is_used(item: &Item, field: &Field) -> bool {
    item.value(field.name).is_some_and(|plain| match plain.as_bool() {
        Some(flag) => flag,
        None => !texts(plain).iter().all(|text| text.is_empty()),
    })
}

/// The fields of a part of a rule that say something; those that only say how another one is meant are left out.
fn used<'a>(item: &'a Item, part: &'static [Field]) -> impl Iterator<Item = &'static Field> + 'a {
    part.iter().filter(move |field| is_used(item, field) && !field.help.is_empty())
}

/// `Description`: the rule in words.
fn description(item: &Item) -> String {
    let mut text = String::new();
    let parts: [(&str, &'static [Field]); 3] = [
        ("If the message:", CONDITIONS),
        ("Take the following actions:", ACTIONS),
        ("Except if the message:", EXCEPTIONS),
    ];
    for (heading, part) in parts {
        for (at, field) in used(item, part).enumerate() {
            if at == 0 {
                text.push_str(heading);
                text.push_str("\r\n");
            }
            let words = item.value(field.name).map(texts).unwrap_or_default();
            let words: Vec<String> = words
                .iter()
                .filter(|word| !word.eq_ignore_ascii_case("True"))
                .map(|word| match word.as_str() {
                    "NotInOrganization" => "'Outside the organization'".to_owned(),
                    "InOrganization" => "'Inside the organization'".to_owned(),
                    word => format!("'{word}'"),
                })
                .collect();
            let and = if at == 0 { "" } else { "and " };
            text.push('\t');
            text.push_str(format!("{and}{} {}", field.help, words.join(" or ")).trim_end());
            text.push_str("\r\n");
        }
    }
    text
}

/// The object of a rule at that place.
fn rule(item: &Item, priority: usize) -> PsValue {
    let classes = |part: &'static [Field], suffix: &str| {
        let names = used(item, part)
            .map(|field| format!("{CLASSES}.{}{suffix}", field.name.trim_start_matches("ExceptIf")));
        let names: Vec<String> = names.collect();
        if names.is_empty() { PsValue::Null } else { values::strings(names) }
    };
    let description = description(item);
    let size = description.len() as i32 + 200;
    RULE.object_with(
        item,
        vec![
            ("Priority", i32::try_from(priority).unwrap_or(i32::MAX).into()),
            ("Description", description.into()),
            ("Size", size.into()),
            ("Conditions", classes(CONDITIONS, "Predicate")),
            ("Exceptions", classes(EXCEPTIONS, "Predicate")),
            ("Actions", classes(ACTIONS, "Action")),
        ],
    )
}

fn priority(call: &Call<'_>, item: &Item) -> usize {
    let organisation = call.organisation();
    let all = organisation.configuration.all(RULE.class);
    all.iter().position(|own| own.guid == item.guid).unwrap_or(all.len())
}

fn get_rule(call: &mut Call<'_>) -> Result<(), Stop> {
    let state = call.text("State").map(str::to_owned);
    let filter = ObjectFilter::of(call)?;
    for item in selected(call, &RULE)? {
        let own = if item.text("State").is_empty() { "Enabled" } else { item.text("State") };
        if state.as_ref().is_none_or(|state| state == own) {
            let rule = rule(&item, priority(call, &item));
            if filter.lets(&rule)? {
                call.write(rule)?;
            }
        }
    }
    Ok(())
}

/// Puts a rule at the place that -Priority says.
fn moved(call: &Call<'_>, item: &Item) {
    let Some(place) = call.int("Priority").and_then(|place| usize::try_from(place).ok()) else { return };
    let mut organisation = call.organisation_mut();
    let all = organisation.configuration.all_mut(RULE.class);
    if let Some(at) = all.iter().position(|own| own.guid == item.guid) {
        let item = all.remove(at);
        all.insert(place.min(all.len()), item);
    }
}

/// The error of a -Priority at which no rule can be.
fn wrong_priority(call: &mut Call<'_>) -> Result<bool, Stop> {
    let Some(given) = call.int("Priority") else { return Ok(false) };
    let most = call.organisation().configuration.all(RULE.class).len() as i64;
    if (0..=most).contains(&given) {
        return Ok(false);
    }
    call.error(invalid(format!(
        "The priority value \"{given}\" isn't valid. It must be between 0 and {most}."
    )))?;
    Ok(true)
}

fn new_rule(call: &mut Call<'_>) -> Result<(), Stop> {
    if wrong_priority(call)? {
        return Ok(());
    }
    let has_action = ACTIONS.iter().any(|field| field.settable && call.given(field.name));
    if !has_action {
        let message = "The rule must have at least one action. Use a parameter such as PrependSubject or DeleteMessage.";
        return call.error(invalid(message));
    }
    let name = PsStr::from(call.text("Name").unwrap_or_default());
    let Some(item) = configured::add(call, &RULE, &name, "Creating the new transport rule")? else {
        return Ok(());
    };
    if call.flag("Enabled") == Some(false) {
        change(call, &RULE, &item, |item| item.set("State", "Disabled"));
    }
    moved(call, &item);
    let at = priority(call, &item);
    let made = call.organisation().configuration.find(RULE.class, &name).cloned().unwrap_or(item);
    call.write(rule(&made, at))
}

fn set_rule(call: &mut Call<'_>) -> Result<(), Stop> {
    let Some(item) = one(call, "Identity", &RULE)? else { return Ok(()) };
    if wrong_priority(call)? {
        return Ok(());
    }
    if call.given("Priority") && call.arguments().iter().count() == 2 {
        if call.should_do(&format!("Setting the transport rule \"{}\".", item.identity))? {
            moved(call, &item);
        }
        return Ok(());
    }
    if configured::set(call, &RULE, &item, "Setting the transport rule")? {
        moved(call, &item);
    }
    Ok(())
}

fn switch(call: &mut Call<'_>, state: &'static str, what: &str) -> Result<(), Stop> {
    let Some(item) = one(call, "Identity", &RULE)? else { return Ok(()) };
    let mode = if state == "Enabled" { call.text("Mode").map(PsStr::from) } else { None };
    if call.should_do(&format!("{what} the transport rule \"{}\".", item.identity))? {
        change(call, &RULE, &item, |item| {
            item.set("State", PsStr::from_static(state));
            if let Some(mode) = mode {
                item.set("Mode", mode);
            }
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use postern_shared::value::PsValue;

    use crate::{cmdlets::trial::Trial, objects::field::plain_list};

    fn names(trial: &Trial) -> Vec<String> {
        let rules = trial.run("Get-TransportRule", &[]).output;
        for (at, rule) in rules.iter().enumerate() {
            assert_eq!(rule.get("Priority").and_then(PsValue::as_i64), Some(at as i64));
        }
        rules.iter().map(|rule| rule.get("Name").unwrap().to_string()).collect()
    }

    #[test]
    fn a_rule_is_made_at_its_place_and_removed() {
        let trial = Trial::new();
        let before = names(&trial);
        let partners = plain_list(["partnerlabor.example".into(), "kasse.example".into()]);
        let banner = [
            ("Name", PsValue::from("Outside banner")),
            ("FromScope", "NotInOrganization".into()),
            ("ExceptIfSenderDomainIs", partners),
            ("ApplyHtmlDisclaimerLocation", "Prepend".into()),
            ("ApplyHtmlDisclaimerText", "<p>From outside</p>".into()),
            ("ApplyHtmlDisclaimerFallbackAction", "Wrap".into()),
            ("Mode", "AuditAndNotify".into()),
            ("Priority", 0.into()),
        ];
        let made = trial.run("New-TransportRule", &banner).only();
        assert_eq!(made.as_object().unwrap().type_name(), super::TYPE);
        assert_eq!(made.get("ExceptIfSenderDomainIs").unwrap().as_list().unwrap().len(), 2);
        assert_eq!(made.get("Mode").unwrap().as_i64(), Some(1));
        assert_eq!(made.get("State").unwrap().to_string(), "Enabled");
        assert_eq!(
            made.get("Description").unwrap().to_string(),
            "If the message:\r\n\tIs received from 'Outside the organization'\r\nTake the following \
             actions:\r\n\tAdd this disclaimer: '<p>From outside</p>'\r\nExcept if the message:\r\n\tHas a sender \
             whose domain is 'partnerlabor.example' or 'kasse.example'\r\n"
        );
        assert_eq!(
            made.get("Conditions").unwrap().as_list().unwrap()[0].to_string(),
            "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.FromScopePredicate"
        );
        assert!(made.as_object().unwrap().adapted.len() > 150);
        assert_eq!(names(&trial)[0], "Outside banner");
        assert_eq!(names(&trial)[1..], before);
        trial.run("New-TransportRule", &banner).failed_with("already exists");
        trial
            .run("New-TransportRule Idle", &[("FromScope", "InOrganization".into())])
            .failed_with("at least one action");
        trial
            .run("New-TransportRule Odd", &[("FromScope", "Nowhere".into()), ("SetSCL", 1.into())])
            .failed_with("Unable to match the identifier name Nowhere");

        let last = [("Identity", "Outside banner".into()), ("Priority", 5.into())];
        trial.run("Set-TransportRule", &last).empty();
        assert_eq!(names(&trial).last().unwrap(), "Outside banner");
        let gone = trial.run("Remove-TransportRule", &[("Identity", "Outside banner".into())]);
        assert!(gone.asked[0].contains("Removing the transport rule \"Outside banner\"."));
        assert_eq!(names(&trial), before);
    }

    #[test]
    fn a_rule_is_switched_and_changed() {
        let trial = Trial::new();
        let rule = |trial: &Trial| trial.run("Get-TransportRule Warn*", &[]).only();
        let identity = rule(&trial);
        trial.pipe(vec![identity.clone()], "Disable-TransportRule", &[("Confirm", false.into())]).empty();
        assert_eq!(rule(&trial).get("State").unwrap().to_string(), "Disabled");
        assert_eq!(trial.run("Get-TransportRule", &[("State", "Disabled".into())]).output.len(), 2);
        trial.pipe(vec![identity.clone()], "Enable-TransportRule", &[]).empty();
        assert_eq!(rule(&trial).get("State").unwrap().to_string(), "Enabled");
        let change = [("Name", "Externe Post".into()), ("PrependSubject", "[!] ".into())];
        trial.pipe(vec![identity], "Set-TransportRule", &change).empty();
        trial.run("Get-TransportRule Warn*", &[]).empty();
        let renamed = trial.run("Get-TransportRule Externe*", &[]).only();
        assert_eq!(renamed.get("PrependSubject").unwrap().to_string(), "[!] ");
        trial.run("Set-TransportRule Gone", &[]).failed_with("'Gone' couldn't be found");
    }
}
