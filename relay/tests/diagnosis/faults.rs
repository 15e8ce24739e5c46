//! What WS-Management and Exchange say: each row provoked by a fault switch of the demo's endpoint.

use std::net::SocketAddr;

use postern_demo::{DemoOptions, FaultSwitch, Faults};
use tokio::net::TcpListener;

use crate::{Words, explains, mismatch, refused};

/// A demo endpoint that ends with the test.
pub(crate) async fn demo(path: Option<&str>, switches: &[&str]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let switches = switches.iter().map(|switch| switch.parse::<FaultSwitch>().unwrap()).collect();
    let faults = Faults { path: path.map(str::to_owned), switches };
    let options = DemoOptions { mailboxes: 1, faults, ..DemoOptions::default() };
    tokio::spawn(postern_demo::serve(listener, options, std::future::pending()));
    address
}

/// A fault switch; what failed, cause, remedy, code.
type Row = (&'static str, Words);

/// The faults of the error table, with the texts that servers were seen to give.
const ROWS: &[Row] = &[
    (
        "create=fault:-2144108477:Access is denied.",
        ("Access was denied by 127.0.0.1", "password is wrong", "never repeats", "-2144108477"),
    ),
    ("create=fault:5:Access is denied.", ("Access was denied", "security defaults", "Get-User", "5")),
    ("create=fault:1326:The user name or password is incorrect.", ("Access was denied", "", "", "1326")),
    (
        "receive=fault:5:[Server=E15,RequestId=ab-cd,TimeStamp=11/24/2026 9:00:00 AM] \
         [FailureCategory=AuthZ-CmdletAccessDeniedException] The user \"x\" isn't assigned to any management roles.",
        ("may not run any command", "No management role", "Recipient Management", "5"),
    ),
    (
        "create=fault:-2144108477:[FailureCategory=AuthZ-AuthorizationException] Fail to create a runspace because you \
         have exceeded the maximum number of connections allowed : 3",
        ("Too many sessions", "3 in the cloud", "wait 15 minutes", "-2144108477"),
    ),
    (
        "create=fault:0x803381A5:The WS-Management service cannot process the request. This user is allowed a maximum \
         number of 3 concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user.",
        ("Too many sessions", "a few sessions at once", "PowerShellMaxConcurrency", "-2144108123"),
    ),
    (
        "create=fault:-2144108477:[FailureCategory=AuthZ-AuthorizationException] Access is denied.",
        ("may not open a session", "authorization refused", "RemotePowerShellEnabled", "-2144108477"),
    ),
    (
        "create=fault:-2144108477:[FailureCategory=AuthZ-Other] No.",
        ("may not do this", "category", "roles", "-2144108477"),
    ),
    (
        "create=fault:-2144108477:[FailureCategory=LiveID-RecoverableAuthFailure] No.",
        ("sign-in was refused", "policy", "authentication policy", "-2144108477"),
    ),
    (
        "create=fault:-2144108477:[FailureCategory=WSMan-Others] Something.",
        ("remote session on 127.0.0.1 failed", "category", "Sign in again", "-2144108477"),
    ),
    ("create=fault:0x803381A5:x", ("Too many sessions", "15 minutes", "MaxShellsPerUser", "-2144108123")),
    (
        "create=fault:0x803381A6:x",
        ("Too many operations", "MaxConcurrentOperationsPerUser", "stop", "-2144108122"),
    ),
    (
        "create=fault:0x803381A7:x",
        ("too many requests", "period of time", "Wait some minutes", "-2144108121"),
    ),
    ("create=fault:0x803381A8:x", ("as much to do as it may", "All users together", "Wait", "-2144108120")),
    ("create=fault:0x803381AB:x", ("Too many people", "MaxConcurrentUsers", "raise", "-2144108117")),
    (
        "create=fault:0x803381E4:x",
        ("sessions of this configuration", "MaxShellsPerUser", "15 minutes", "-2144108060"),
    ),
    ("create=fault:0x803381E5:x", ("Too many people use this", "MaxConcurrentUsers", "raise", "-2144108059")),
    (
        "create=fault:0x803381E6:x",
        ("All sessions of this configuration", "MaxShells", "raise", "-2144108058"),
    ),
    ("create=fault:0x803381E7:x", ("Too many operations of this", "All users", "raise", "-2144108057")),
    ("create=fault:0x803381E8:x", ("The user has too many operations", "PerUser", "raise", "-2144108056")),
    (
        "create=fault:0x803381E9:x",
        ("Too many commands run", "MaxConcurrentCommandsPerShell", "raise", "-2144108055"),
    ),
    ("create=fault:0x803381EA:x", ("lacks what it needs", "quotas", "raise the quotas", "-2144108054")),
    (
        "receive=fault:-2144108453:[FailureCategory=WSMan-InvalidShellID] The request for the Windows Remote Shell with \
         ShellId 1 failed because the shell was not found on the server.",
        ("no longer known", "several addresses to the outside", "Sign in again", "-2144108453"),
    ),
    (
        "create=redirect:https://pod51034psh.outlook.example/powershell-liveid?PSVersion=4.0",
        ("redirected by 127.0.0.1", "another server", "Set Redirection to Follow", "-2144108135"),
    ),
    (
        "create=fault:-2144108135:Go elsewhere.",
        ("redirected", "does not name", "connection URI", "-2144108135"),
    ),
    (
        "create=fault:-2144108105:x",
        ("cannot be used", "external URL", "Get-PowerShellVirtualDirectory", "-2144108105"),
    ),
    (
        "create=fault:0x803380DF:The WinRM client cannot process the request. Basic authentication is currently disabled \
         in the client configuration.",
        ("Basic authentication is switched off", "does not bind the relay", "AllowBasic", "-2144108321"),
    ),
    (
        "create=fault:0x803380DE:Unencrypted traffic is currently disabled in the client configuration.",
        ("Unencrypted traffic is switched off", "does not bind the relay", "https://", "-2144108322"),
    ),
    (
        "create=fault:0x80338012:The client cannot connect: the connection to the specified remote host was refused. Verify \
         that the WS-Management service is running on the remote host.",
        ("refused by 127.0.0.1", "RemotePowerShellEnabled is False", "Set-User", "-2144108526"),
    ),
    (
        "create=fault:0x80338012:The WinRM client cannot determine the content type of the HTTP response.",
        ("A web page came from", "another service", "RemotePowerShellEnabled", "-2144108526"),
    ),
    (
        "create=fault:0x80338012:Proxy is not supported under HTTP transport. Change the transport to HTTPS.",
        ("No proxy can be used", "http://", "https://", "-2144108526"),
    ),
    (
        "create=fault:0x80070001:The server name cannot be resolved.",
        ("name behind 127.0.0.1", "not known to the name server", "DNS", "-2147024895"),
    ),
    (
        "create=fault:0x80072F8F:There was an internal error in the SSL library.",
        ("No secure connection came about behind", "TLS 1.2 is switched off", "TLS 1.2", "-2147012721"),
    ),
    (
        "create=fault:0x80072F8F:The SSL certificate could not be checked for revocation. The server used to check for \
         revocation might be unreachable.",
        ("revoked could not be checked", "CRL", "revocation list", "-2147012721"),
    ),
    (
        "create=fault:0x80338104:AADSTS50079: The user is required to use multi-factor authentication.",
        ("second factor", "Multi-factor", "token", "-2144108284"),
    ),
    (
        "create=fault:0x80338000:The WS-Management service cannot process the request. The resource URI \
         (http://schemas.microsoft.com/powershell/Nothing) was not found in the WS-Management catalog.",
        ("configuration does not exist", "misspelt", "Microsoft.Exchange", "-2144108544"),
    ),
    (
        "create=fault:2150859180:Cannot find the Nothing session configuration in the WSMan: drive on the computer.",
        ("configuration does not exist", "misspelt", "Microsoft.Exchange", "-2144108116"),
    ),
    (
        "create=fault:-2144108250:The operation timed out.",
        ("took 127.0.0.1 too long", "slow", "Sign in", "-2144108250"),
    ),
    (
        "create=fault:12345:Something new.",
        ("request was refused", "no explanation", "Look the server's text", "12345"),
    ),
];

#[tokio::test]
async fn each_fault_is_explained() {
    let mut wrong = Vec::new();
    for (switch, expected) in ROWS {
        let address = demo(None, &[switch]).await;
        let failure = refused(&format!("http://{address}/PowerShell/")).await;
        wrong.extend(mismatch(&failure, *expected));
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[tokio::test]
async fn exchanges_brackets_are_facts_of_their_own() {
    let switch = "create=fault:5:[Server=E15,RequestId=ab-cd,TimeStamp=11/24/2026 9:00:00 AM] \
                  [FailureCategory=AuthZ-AuthorizationException] Access is denied.";
    let address = demo(None, &[switch]).await;
    let failure = refused(&format!("http://{address}/PowerShell/")).await;
    for (name, value) in [
        ("Server", "E15"),
        ("RequestId", "ab-cd"),
        ("TimeStamp", "11/24/2026 9:00:00 AM"),
        ("FailureCategory", "AuthZ-AuthorizationException"),
        ("Code", "0x00000005"),
    ] {
        assert!(failure.facts.contains(&(name.into(), value.into())), "{name}: {failure:?}");
    }
    assert!(!failure.what.contains('['), "{failure:?}");
}

#[tokio::test]
async fn a_wrong_path_is_explained() {
    let address = demo(Some("/PowerShell/"), &[]).await;
    let failure = refused(&format!("http://{address}/PowerShel/")).await;
    explains(&failure, ("There is no PowerShell at this address", "path", "/PowerShell/", "HTTP 404"));
}
