//! What a cmdlet is: one declaration that the binder, Get-Command, Get-Help and completion all read.
//!
//! A family of cmdlets is a `const CMDLETS: &[Cmdlet]`:
//!
//! ```text
//! pub const CMDLETS: &[Cmdlet] = &[Cmdlet::new("Remove-Mailbox", "Removes a mailbox and its user.", remove_mailbox)
//!     .class("Microsoft.Exchange.Management.RecipientTasks.RemoveMailbox")
//!     .confirms(Impact::High)
//!     .takes(&[
//!         Parameter::new("Identity", Kind::Text).at(0).mandatory().piped().typed("…MailboxIdParameter"),
//!         Parameter::switch("Permanent"),
//!     ])];
//!
//! fn remove_mailbox(call: &mut Call) -> Result<(), Stop> { … }
//! ```
//!
//! A cmdlet runs synchronously, on a thread of its own, once for each object that the pipeline binds to it; a
//! [`Cmdlet::streaming`] one runs once and reads its input itself.

mod bind;
mod call;
mod confirm;
mod convert;
mod error;
mod pattern;
mod record;
mod registry;
#[cfg(test)]
mod tests;

pub use self::{
    bind::{Bound, Given, bind},
    call::{Call, Caller, Input, Sink, run_stage},
    convert::{Change, Limit},
    error::{Category, CmdletError, Stop},
    pattern::Pattern,
    record::{Choice, HostRequest, Progress, Record},
    registry::Registry,
};

/// What a cmdlet does.
pub type Run = fn(&mut Call<'_>) -> Result<(), Stop>;

/// One cmdlet.
#[derive(Clone, Copy, Debug)]
pub struct Cmdlet {
    /// `Verb-Noun`.
    pub name: &'static str,
    /// One sentence for Get-Help.
    pub synopsis: &'static str,
    /// Its own parameters; the common ones are added by the binder.
    pub parameters: &'static [Parameter],
    /// The full name of the type that it writes; empty for none.
    pub output: &'static str,
    /// The full name of the class that implements it: the last part of a `FullyQualifiedErrorId`.
    pub class: &'static str,
    /// Whether it takes `-WhatIf` and -Confirm, and whether it asks by itself.
    pub impact: Option<Impact>,
    /// Whether it reads the pipeline's input itself and runs once.
    pub streams: bool,
    /// What it does.
    pub run: Run,
}

impl Cmdlet {
    /// A cmdlet without parameters that changes nothing.
    pub const fn new(name: &'static str, synopsis: &'static str, run: Run) -> Self {
        Self { name, synopsis, parameters: &[], output: "", class: "", impact: None, streams: false, run }
    }

    /// With these parameters.
    #[must_use]
    pub const fn takes(mut self, parameters: &'static [Parameter]) -> Self {
        self.parameters = parameters;
        self
    }

    /// It writes objects of this type.
    #[must_use]
    pub const fn output(mut self, type_name: &'static str) -> Self {
        self.output = type_name;
        self
    }

    /// The class that stands in its error ids, such as `Microsoft.Exchange.Management.RecipientTasks.GetMailbox`.
    #[must_use]
    pub const fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// It takes `-WhatIf` and -Confirm; with [`Impact::High`] it asks unless -Confirm:$false is given.
    #[must_use]
    pub const fn confirms(mut self, impact: Impact) -> Self {
        self.impact = Some(impact);
        self
    }

    /// It reads its input itself, with [`Call::next_input`].
    #[must_use]
    pub const fn streaming(mut self) -> Self {
        self.streams = true;
        self
    }

    /// All parameters, the common ones after its own.
    pub fn all_parameters(&self) -> impl Iterator<Item = &Parameter> {
        let confirm: &[Parameter] = if self.impact.is_some() { CONFIRM_PARAMETERS } else { &[] };
        self.parameters.iter().chain(COMMON_PARAMETERS).chain(confirm)
    }

    /// The verb and the noun.
    pub fn verb_and_noun(&self) -> (&'static str, &'static str) {
        self.name.split_once('-').unwrap_or(("", self.name))
    }
}

/// How grave a change is (`System.Management.Automation.ConfirmImpact`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// Asks only with -Confirm.
    Low,
    /// Asks only with -Confirm.
    Medium,
    /// Asks unless -Confirm:$false.
    High,
}

/// One parameter of a cmdlet.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name, as Get-Command shows it.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// What values it takes.
    pub kind: Kind,
    /// The .NET type that metadata names, where it is not that of `kind`.
    pub type_name: &'static str,
    /// Its place among arguments without a name.
    pub position: Option<u8>,
    /// Whether it has to be given.
    pub mandatory: bool,
    /// Whether the pipeline's objects themselves are bound to it.
    pub by_value: bool,
    /// Whether a property of the pipeline's objects, of its name or one of its aliases, is bound to it.
    pub by_name: bool,
    /// One sentence for Get-Help; may be empty.
    pub help: &'static str,
}

impl Parameter {
    /// A named, optional parameter.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            aliases: &[],
            kind,
            type_name: "",
            position: None,
            mandatory: false,
            by_value: false,
            by_name: false,
            help: "",
        }
    }

    /// A switch.
    pub const fn switch(name: &'static str) -> Self {
        Self::new(name, Kind::Switch)
    }

    /// With other names.
    #[must_use]
    pub const fn alias(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// May be given without its name, at this place.
    #[must_use]
    pub const fn at(mut self, position: u8) -> Self {
        self.position = Some(position);
        self
    }

    /// Has to be given.
    #[must_use]
    pub const fn mandatory(mut self) -> Self {
        self.mandatory = true;
        self
    }

    /// Binds the pipeline's objects and, before that, their property of this name.
    #[must_use]
    pub const fn piped(mut self) -> Self {
        self.by_value = true;
        self.by_name = true;
        self
    }

    /// Binds the pipeline's objects themselves.
    #[must_use]
    pub const fn by_value(mut self) -> Self {
        self.by_value = true;
        self
    }

    /// Binds the property of this name of the pipeline's objects.
    #[must_use]
    pub const fn by_property(mut self) -> Self {
        self.by_name = true;
        self
    }

    /// Metadata names this .NET type.
    #[must_use]
    pub const fn typed(mut self, type_name: &'static str) -> Self {
        self.type_name = type_name;
        self
    }

    /// With a sentence for Get-Help.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// The .NET type that metadata names.
    pub fn type_name(&self) -> &'static str {
        if self.type_name.is_empty() { self.kind.type_name() } else { self.type_name }
    }

    /// Whether `name` is its name or one of its aliases.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}

/// What values a parameter takes, and as what the cmdlet gets them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Text; anything else gives its text. [`Call::text`].
    Text,
    /// One text or a list of them. [`Call::texts`].
    TextList,
    /// Text, also of a script block: an OPATH filter. [`Call::text`].
    Filter,
    /// Present or not. [`Call::switch`].
    Switch,
    /// `$true` or `$false`. [`Call::flag`].
    Bool,
    /// `System.Int32`. [`Call::int`].
    Int,
    /// `System.Int64`. [`Call::int`].
    Long,
    /// `System.Double`. [`Call::number`].
    Double,
    /// `System.DateTime`. [`Call::date`].
    DateTime,
    /// `System.TimeSpan`. [`Call::span`].
    TimeSpan,
    /// `System.Guid`. [`Call::guid`].
    Guid,
    /// `System.Version`. [`Call::value`].
    Version,
    /// A number or the word Unlimited (`Unlimited<UInt32>`). [`Call::limit`].
    Unlimited,
    /// A size such as `1.5 GB`, a number of bytes, or the word Unlimited
    /// (`Unlimited<ByteQuantifiedSize>`). [`Call::limit`] in bytes.
    Size,
    /// One of these words, given as written here. With the type of an enum it may be cut short. [`Call::text`].
    Enum(&'static [&'static str]),
    /// Some of these words. [`Call::texts`].
    EnumList(&'static [&'static str]),
    /// A list to set, or a dictionary with `Add` and `Remove` (`MultiValuedProperty`). [`Call::change`].
    MultiValued,
    /// A user name and a password. [`Call::value`].
    Credential,
    /// [`Call::value`].
    SecureString,
    /// Anything. [`Call::value`].
    Any,
}

impl Kind {
    /// The .NET type that metadata names.
    pub const fn type_name(self) -> &'static str {
        match self {
            Self::Text | Self::Filter | Self::Enum(_) => "System.String",
            Self::TextList | Self::EnumList(_) => "System.String[]",
            Self::Switch => "System.Management.Automation.SwitchParameter",
            Self::Bool => "System.Boolean",
            Self::Int => "System.Int32",
            Self::Long => "System.Int64",
            Self::Double => "System.Double",
            Self::DateTime => "System.DateTime",
            Self::TimeSpan => "System.TimeSpan",
            Self::Guid => "System.Guid",
            Self::Version => "System.Version",
            Self::Unlimited => "Microsoft.Exchange.Data.Unlimited`1[System.UInt32]",
            Self::Size => "Microsoft.Exchange.Data.Unlimited`1[Microsoft.Exchange.Data.ByteQuantifiedSize]",
            Self::MultiValued => "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]",
            Self::Credential => "System.Management.Automation.PSCredential",
            Self::SecureString => "System.Security.SecureString",
            Self::Any => "System.Object",
        }
    }
}

/// The words of an action preference.
const ACTIONS: &[&str] = &["SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore", "Suspend", "Break"];

const fn action(name: &'static str, aliases: &'static [&'static str]) -> Parameter {
    Parameter::new(name, Kind::Enum(ACTIONS))
        .alias(aliases)
        .typed("System.Management.Automation.ActionPreference")
}

/// The parameters that every cmdlet has.
pub const COMMON_PARAMETERS: &[Parameter] = &[
    Parameter::switch("Verbose").alias(&["vb"]),
    Parameter::switch("Debug").alias(&["db"]),
    action("ErrorAction", &["ea"]),
    action("WarningAction", &["wa"]),
    action("InformationAction", &["infa"]),
    Parameter::new("ErrorVariable", Kind::Text).alias(&["ev"]),
    Parameter::new("WarningVariable", Kind::Text).alias(&["wv"]),
    Parameter::new("InformationVariable", Kind::Text).alias(&["iv"]),
    Parameter::new("OutVariable", Kind::Text).alias(&["ov"]),
    Parameter::new("OutBuffer", Kind::Int).alias(&["ob"]),
    Parameter::new("PipelineVariable", Kind::Text).alias(&["pv"]),
];

/// The parameters of a cmdlet that changes something.
pub const CONFIRM_PARAMETERS: &[Parameter] =
    &[Parameter::switch("WhatIf").alias(&["wi"]), Parameter::switch("Confirm").alias(&["cf"])];
