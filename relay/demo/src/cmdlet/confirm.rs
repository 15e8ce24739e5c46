//! `-WhatIf` and -Confirm.

use super::{Call, Choice, HostRequest, Impact, Stop};

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
        if self.flag("Confirm").unwrap_or(impact == Impact::High) {
            self.confirm(&format!("Are you sure you want to perform this action?\n{description}"))
        } else {
            Ok(true)
        }
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
