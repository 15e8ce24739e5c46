//! Commands that this console does not have on purpose, and what is said of each.

/// Names in lower case, and why there is none of them; `{}` is the name as it was written.
const REFUSED: &[(&[&str], &str)] = &[
    (
        &["invoke-expression", "iex"],
        "Invoke-Expression is not available in this console: text is never run as code.",
    ),
    (&["add-type"], "Add-Type is not available in this console: it has a fixed set of types."),
    (
        &["start-process", "saps", "start", "invoke-item", "ii"],
        "{} is not available in this console: it runs no programs.",
    ),
    (
        &[
            "start-job",
            "sajb",
            "receive-job",
            "wait-job",
            "get-job",
            "remove-job",
            "stop-job",
            "start-threadjob",
        ],
        "Jobs are not available in this console.",
    ),
    (
        &["invoke-webrequest", "iwr", "invoke-restmethod", "irm", "curl", "wget"],
        "Web requests are not available in this console: it reaches the remote session only.",
    ),
    (
        &["send-mailmessage"],
        "Send-MailMessage is not available in this console: it reaches the remote session only. Write the message to a \
         file of the workspace, or send the report with a transport of your own.",
    ),
    (
        &[
            "get-process",
            "stop-process",
            "get-service",
            "start-service",
            "stop-service",
            "restart-service",
            "get-eventlog",
            "get-winevent",
            "get-ciminstance",
            "invoke-cimmethod",
            "get-wmiobject",
            "gwmi",
            "get-counter",
            "restart-computer",
            "stop-computer",
            "get-computerinfo",
            "get-hotfix",
            "get-uptime",
            "get-netadapter",
            "get-acl",
            "set-acl",
            "get-psdrive",
            "new-psdrive",
            "get-itemproperty",
            "set-itemproperty",
            "get-psprovider",
            "get-scheduledtask",
            "register-scheduledtask",
        ],
        "{} is not available in this console: it would look at the relay's machine. Commands of the remote session are what \
         this console runs.",
    ),
    (
        &["test-connection", "test-netconnection", "tnc", "resolve-dnsname", "ping"],
        "{} is not available in this console: it reaches the remote session only.",
    ),
    (
        &[
            "get-aduser",
            "set-aduser",
            "new-aduser",
            "get-adgroup",
            "get-adgroupmember",
            "add-adgroupmember",
            "remove-adgroupmember",
            "get-adcomputer",
            "get-adorganizationalunit",
            "get-adobject",
            "get-addomain",
        ],
        "{} belongs to the module ActiveDirectory, which neither this console nor the session has. Get-User, Get-Group, \
         Get-Recipient and Set-User of an Exchange session know much of the same.",
    ),
    (
        &[
            "connect-msolservice",
            "get-msoluser",
            "set-msoluser",
            "connect-azuread",
            "get-azureaduser",
            "connect-mggraph",
            "get-mguser",
            "update-mguser",
            "connect-microsoftteams",
            "connect-sposervice",
            "connect-pnponline",
            "connect-azaccount",
        ],
        "{} belongs to another service than this session. Sign in to that service with its own tools.",
    ),
    (
        &["register-objectevent", "register-engineevent", "wait-event", "get-event", "unregister-event"],
        "Events are not available in this console.",
    ),
    (
        &["update-typedata", "remove-typedata", "update-formatdata"],
        "{} is not available in this console: types and views are those of the session. Add-Member and Format-Table with \
         calculated properties do much of the same.",
    ),
    (
        &["new-module", "export-modulemember", "publish-module", "save-module"],
        "{} is not available in this console: it loads no modules.",
    ),
    (
        &["set-clipboard", "scb", "get-clipboard", "gcb"],
        "{} is not available in this console: the relay has no clipboard. Copy results with the page's Copy button.",
    ),
    (
        &["invoke-history", "ihy", "r", "add-history"],
        "{} is not available in this console: a line is run again with Up, Ctrl R or its block's Run again.",
    ),
    (
        &["find-module", "get-installedmodule", "get-packageprovider", "get-psrepository"],
        "{} is not available in this console: it installs nothing. Get-Module lists what there is.",
    ),
    (
        &[
            "set-psbreakpoint",
            "get-psbreakpoint",
            "remove-psbreakpoint",
            "wait-debugger",
            "trace-command",
            "set-tracesource",
            "debug-runspace",
            "get-runspace",
        ],
        "{} is not available in this console: it has no debugger. Write-Verbose, Write-Debug and Set-StrictMode help.",
    ),
    (
        &[
            "out-printer",
            "set-date",
            "get-pfxcertificate",
            "get-authenticodesignature",
            "set-authenticodesignature",
            "test-wsman",
            "receive-pssession",
            "show-command",
            "export-pssession",
        ],
        "{} is not available in this console.",
    ),
    (
        &["compress-archive", "expand-archive"],
        "{} is not available in this console: download the files of the workspace one by one.",
    ),
];

/// What is said of a command that this console does not have on purpose.
pub(crate) fn refusal(name: &str) -> Option<String> {
    let wanted = name.to_ascii_lowercase();
    let (_, message) = REFUSED.iter().find(|(names, _)| names.contains(&wanted.as_str()))?;
    Some(message.replace("{}", name))
}

#[cfg(test)]
mod tests {
    use super::{REFUSED, refusal};

    #[test]
    fn what_is_refused_is_not_there_and_said_once() {
        let mut seen = std::collections::HashSet::new();
        for name in REFUSED.iter().flat_map(|(names, _)| *names) {
            assert!(seen.insert(name), "{name} stands twice");
            assert!(
                crate::cmdlets::find(name).is_none() && crate::cmdlets::alias(name).is_none(),
                "{name} is there"
            );
        }
        assert!(refusal("Get-Process").is_some_and(|text| text.starts_with("Get-Process is not")));
        assert_eq!(refusal("Get-Mailbox"), None);
    }
}
