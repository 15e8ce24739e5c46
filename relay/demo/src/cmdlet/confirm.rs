//! `-WhatIf` and -Confirm.

use postern_shared::value::{PsStr, PsValue};

use super::{Call, Choice, HostRequest, Impact, Kind, Parameter, Stop};
use crate::organisation::audit::AdminChange;

/// Characters of an argument, and items of a list, that the administrators' log keeps.
const MAX_NOTED: usize = 500;
const MAX_NOTED_ITEMS: usize = 50;

fn cut(text: &str) -> PsStr {
    text.chars().take(MAX_NOTED).collect::<String>().into()
}

/// What the user has answered for the rest of the pipeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Confirmation {
    /// Nothing: each object is asked for.
    #[default]
    Each,
    /// Yes to All.
    All,
    /// No to All.
    Nothing,
}

/// The choices of a confirmation, in PowerShell's words; the number of each is its place.
const CHOICES: &[Choice] = &[
    Choice { label: "&Yes", help: "Continue with only the next step of the operation." },
    Choice { label: "Yes to &All", help: "Continue with all the steps of the operation." },
    Choice { label: "&No", help: "Skip this operation and proceed with the next operation." },
    Choice { label: "No to A&ll", help: "Skip this operation and all subsequent operations." },
];

impl Call<'_> {
    /// Whether to go on: false with `-WhatIf`, which only says what would be done, and where the user says no.
    pub fn should_process(&mut self, target: &str, action: &str) -> Result<bool, Stop> {
        self.should_do(&format!("Performing the operation \"{action}\" on target \"{target}\"."))
    }

    /// The same with a whole sentence, as Exchange's tasks have it: `Removing mailbox "Nora Fink" will …`.
    pub fn should_do(&mut self, description: &str) -> Result<bool, Stop> {
        let Some(impact) = self.cmdlet().impact else { return Ok(true) };
        if self.switch("WhatIf") {
            self.ask(HostRequest::WriteLine(format!("What if: {description}")))?;
            return Ok(false);
        }
        self.verbose(description)?;
        let asks = self.flag("Confirm").unwrap_or(impact == Impact::High);
        let goes_on = !asks
            || self.confirm(&format!("Are you sure you want to perform this action?\n{description}"))?;
        if goes_on {
            self.note_change();
        }
        Ok(goes_on)
    }

    /// Notes in the administrators' log that this call changes something.
    fn note_change(&self) {
        let text = |parameter: &Parameter, value: &PsValue| -> PsStr {
            match (parameter.kind, value.as_list()) {
                (Kind::Credential | Kind::SecureString, _) => PsStr::from_static("*****"),
                (_, Some(items)) => {
                    let items: Vec<String> =
                        items.iter().take(MAX_NOTED_ITEMS).map(ToString::to_string).collect();
                    cut(&items.join(", "))
                }
                _ => cut(&value.to_string()),
            }
        };
        let own = self.cmdlet().parameters;
        let given = self.arguments().iter().filter_map(|(name, value)| {
            let parameter = own.iter().find(|parameter| parameter.name == name)?;
            Some((PsStr::from_static(parameter.name), text(parameter, value)))
        });
        let parameters: Vec<(PsStr, PsStr)> = given.collect();
        let value =
            |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, text)| text.clone());
        let object = value("Identity").or_else(|| value("Name")).unwrap_or_default();
        let mut organisation = self.organisation_mut();
        let at = organisation.now();
        organisation.audit.note(AdminChange {
            at,
            cmdlet: PsStr::from_static(self.cmdlet().name),
            caller: self.caller().user.clone(),
            object,
            parameters,
        });
    }

    /// Asks a question of its own (`ShouldContinue`), unless an earlier answer was for all.
    pub fn confirm(&mut self, message: &str) -> Result<bool, Stop> {
        match self.confirmation {
            Confirmation::All => return Ok(true),
            Confirmation::Nothing => return Ok(false),
            Confirmation::Each => {}
        }
        let answer = self.ask(HostRequest::Choose {
            caption: "Confirm".into(),
            message: message.into(),
            choices: CHOICES.to_vec(),
            default: 0,
        })?;
        let answer = answer.as_i64();
        match answer {
            Some(1) => self.confirmation = Confirmation::All,
            Some(3) => self.confirmation = Confirmation::Nothing,
            _ => {}
        }
        Ok(matches!(answer, Some(0 | 1)))
    }
}
