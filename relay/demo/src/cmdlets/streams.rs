//! What a session has besides Exchange's cmdlets: waiting and talking to the user.

use std::time::Duration;

use postern_shared::value::{Properties, PsObject, PsStr, PsValue};

use crate::cmdlet::{Call, Category, Cmdlet, CmdletError, HostRequest, Kind, Parameter, Stop};

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Start-Sleep", "Waits for some time.", start_sleep)
        .class("Microsoft.PowerShell.Commands.StartSleepCommand")
        .takes(&[
            Parameter::new("Seconds", Kind::Double).at(0).piped().help("How many seconds to wait."),
            Parameter::new("Milliseconds", Kind::Int).alias(&["ms"]).help("How many milliseconds to wait."),
        ]),
    Cmdlet::new("Write-Host", "Shows text on the user's screen.", write_host)
        .class("Microsoft.PowerShell.Commands.WriteHostCommand")
        .takes(&[
            Parameter::new("Object", Kind::Any)
                .alias(&["Msg", "Message"])
                .at(0)
                .by_value()
                .help("What to show."),
            Parameter::switch("NoNewline"),
        ]),
    Cmdlet::new("Read-Host", "Asks the user for a line.", read_host)
        .class("Microsoft.PowerShell.Commands.ReadHostCommand")
        .takes(&[
            Parameter::new("Prompt", Kind::Any).at(0).help("Text before the line."),
            Parameter::switch("AsSecureString").help("The line is not shown, and given as a secure string."),
        ]),
    Cmdlet::new("Get-Credential", "Asks the user for a name and a password.", get_credential)
        .class("Microsoft.PowerShell.Commands.GetCredentialCommand")
        .output("System.Management.Automation.PSCredential")
        .takes(&[
            Parameter::new("Credential", Kind::Any)
                .alias(&["UserName"])
                .at(0)
                .help("The name to begin with."),
            Parameter::new("Message", Kind::Text).help("What the user is asked."),
        ]),
    Cmdlet::new("Clear-Host", "Clears the user's screen.", clear_host),
    Cmdlet::new("Exit-PSSession", "Ends an interactive session.", exit_session)
        .class("Microsoft.PowerShell.Commands.ExitPSSessionCommand"),
    Cmdlet::new("Out-Default", "Sends its input on; the client formats it.", out_default)
        .class("Microsoft.PowerShell.Commands.OutDefaultCommand")
        .streaming()
        .takes(&[Parameter::new("InputObject", Kind::Any).by_value(), Parameter::switch("Transcript")]),
];

/// Longest wait, as PowerShell has it: the milliseconds are an Int32.
const LONGEST_SLEEP: f64 = 2_147_483.0;

fn start_sleep(call: &mut Call<'_>) -> Result<(), Stop> {
    let seconds = match (call.number("Seconds"), call.int("Milliseconds")) {
        (Some(seconds), _) => seconds,
        (None, Some(milliseconds)) => milliseconds as f64 / 1000.0,
        (None, None) => {
            return Err(CmdletError::plain(
                "MissingMandatoryParameter",
                "System.Management.Automation.ParameterBindingException",
                Category::InvalidArgument,
                "Cannot process command because of one or more missing mandatory parameters: Seconds.",
            )
            .into());
        }
    };
    if !(0.0..=LONGEST_SLEEP).contains(&seconds) {
        return Err(CmdletError::plain(
            "ParameterArgumentValidationError",
            "System.Management.Automation.ParameterBindingValidationException",
            Category::InvalidData,
            format!(
                "Cannot validate argument on parameter 'Seconds'. The argument {seconds} is not within 0 and \
                 {LONGEST_SLEEP}."
            ),
        )
        .into());
    }
    call.sleep(Duration::from_secs_f64(seconds))
}

fn write_host(call: &mut Call<'_>) -> Result<(), Stop> {
    let text = call.value("Object").map(ToString::to_string).unwrap_or_default();
    let members = [
        ("Message", PsValue::from(text)),
        ("NoNewLine", call.switch("NoNewline").into()),
        ("ForegroundColor", PsValue::Null),
        ("BackgroundColor", PsValue::Null),
    ];
    let message = PsObject {
        type_names: ["System.Management.Automation.HostInformationMessage", "System.Object"]
            .map(PsStr::from_static)
            .into(),
        to_string: members[0].1.as_str().map(PsStr::from),
        adapted: members.into_iter().collect::<Properties>(),
        ..PsObject::default()
    };
    call.information(message, &["PSHOST"])
}

fn read_host(call: &mut Call<'_>) -> Result<(), Stop> {
    if let Some(prompt) = call.value("Prompt") {
        let prompt = format!("{prompt}: ");
        call.ask(HostRequest::Write(prompt))?;
    }
    let secret = call.switch("AsSecureString");
    let answer = call.ask(if secret { HostRequest::ReadSecret } else { HostRequest::ReadLine })?;
    call.write(answer)
}

fn get_credential(call: &mut Call<'_>) -> Result<(), Stop> {
    let given = call.value("Credential").cloned().unwrap_or_default();
    if given.get("UserName").is_some() {
        return call.write(given);
    }
    let message = call.text("Message").unwrap_or("Enter your credentials.").to_owned();
    let answer = call.ask(HostRequest::Credential {
        caption: "Windows PowerShell credential request".into(),
        message,
        user: given.to_string(),
    })?;
    call.write(answer)
}

fn clear_host(call: &mut Call<'_>) -> Result<(), Stop> {
    call.ask(HostRequest::Clear).map(drop)
}

fn exit_session(call: &mut Call<'_>) -> Result<(), Stop> {
    call.ask(HostRequest::Exit(0)).map(drop)
}

fn out_default(call: &mut Call<'_>) -> Result<(), Stop> {
    while let Some(object) = call.next_input()? {
        call.write(object)?;
    }
    Ok(())
}
