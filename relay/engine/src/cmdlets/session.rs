//! The commands that scripts open and close a session with. Here a session is open already: they mean that one, or say
//! in a line why they are not needed, so that a script runs to its end.

use std::{rc::Rc, sync::Arc};

use postern_shared::value::{PsStr, SecureString};
use zeroize::Zeroizing;

use super::{Cx, Declare, P, Registry};
use crate::{
    convert,
    host::Import,
    interp::Flow,
    members::secret::Credential,
    ops::pattern::{Wildcard, has_wildcard},
    value::{Category, NetObject, Object, Type, Value},
};

const CORE: &str = "Microsoft.PowerShell.Core";
const SECURITY: &str = "Microsoft.PowerShell.Security";
const EXCHANGE: &str = "ExchangeOnlineManagement";
/// The name of the session's own module, as Import-PSSession names it but for random letters.
const IMPORTED: &str = "tmp_session";

pub(super) fn declare(registry: &mut Registry) {
    sessions(registry);
    connections(registry);
    modules(registry);
    registry.add(
        Declare::new("Get-Credential", "Asks for a user name and a password.")
            .module(SECURITY)
            .param(
                P::new("Credential", "A credential to pass on, or a user name to propose.").at(0).nullable(),
            )
            .param(P::new("UserName", "The user name to propose.").text())
            .param(P::new("Message", "What is asked.").text())
            .param(P::new("Title", "The heading.").text())
            .example("$cred = Get-Credential", "Asks, and keeps the answer.")
            .simple(get_credential),
    );
    for name in ["Set-ExecutionPolicy", "Get-ExecutionPolicy"] {
        let set = name.starts_with("Set");
        let declare =
            Declare::new(name, "Has no meaning here: this console runs every script in its sandbox.")
                .module(SECURITY)
                .param(P::new("Scope", "For whom."))
                .param(P::switch("List", "All scopes."))
                .param(P::switch("Force", "Without a question."));
        registry.add(if set {
            declare.param(P::new("ExecutionPolicy", "Which policy.").at(0)).should_process().simple(
                |cx, _| {
                    told(
                        cx,
                        "Set-ExecutionPolicy is not needed: this console runs every script in its sandbox.",
                    )
                },
            )
        } else {
            declare.simple(|cx, _| cx.write("Unrestricted"))
        });
    }
}

/// Parameters that say whom to connect to, and how; the sign-in has decided that.
fn to_whom(declare: Declare) -> Declare {
    declare
        .param(P::new("ConfigurationName", "The session configuration."))
        .param(P::new("ConnectionUri", "The address.").alias("URI").alias("CU"))
        .param(P::new("ComputerName", "The computer.").alias("Cn").at(0).nullable())
        .param(P::new("Credential", "As whom.").nullable())
        .param(P::new("Authentication", "How to sign in."))
        .param(P::new("SessionOption", "Options of the connection.").nullable())
        .param(P::new("CertificateThumbprint", "A certificate to sign in with."))
        .param(P::new("ApplicationName", "The application."))
        .param(P::new("Port", "The port."))
        .param(P::switch("UseSSL", "With TLS."))
        .param(P::switch("AllowRedirection", "Follows redirects."))
}

fn sessions(registry: &mut Registry) {
    registry.add(
        to_whom(Declare::new("New-PSSession", "Gives the session that is open.").module(CORE).alias("nsn"))
            .param(P::new("Name", "A name for the session."))
            .param(P::switch("EnableNetworkAccess", "Has no meaning here."))
            .param(P::new("ThrottleLimit", "Has no meaning here."))
            .describe(
                "The sign-in has opened the session; what the parameters say of another one is not used.",
            )
            .example(
                "$session = New-PSSession -ConfigurationName Microsoft.Exchange",
                "The session that is open.",
            )
            .simple(new_session),
    );
    registry.add(
        Declare::new("Get-PSSession", "Gives the session that is open.")
            .module(CORE)
            .alias("gsn")
            .param(P::new("Name", "Names, with wildcards.").texts())
            .param(P::new("Id", "Numbers.").many().at(0))
            .param(P::new("ComputerName", "Computers, with wildcards.").texts().alias("Cn"))
            .param(P::new("ConfigurationName", "The session configuration."))
            .param(P::new("State", "Only sessions in this state."))
            .param(P::new("InstanceId", "Not used here."))
            .example("Get-PSSession", "The session that is open.")
            .simple(get_session),
    );
    registry.add(
        Declare::new("Remove-PSSession", "Leaves the session to the console, which removes it at sign-out.")
            .module(CORE)
            .alias("rsn")
            .param(P::new("Session", "The session.").many().at(0).by_value().nullable())
            .param(P::new("Id", "Numbers.").many())
            .param(P::new("Name", "Names.").texts())
            .param(P::new("ComputerName", "Computers.").texts().alias("Cn"))
            .should_process()
            .example("Remove-PSSession $session", "The session stays open until you sign out.")
            .simple(|cx, _| {
                told(cx, "The session stays open for this console; it is removed when you sign out.")
            }),
    );
    registry.add(
        Declare::new("Import-PSSession", "Imports the commands of the session anew.")
            .alias("ipsn")
            .param(P::new("Session", "The session.").at(0).mandatory())
            .param(P::new("CommandName", "Only these commands, with wildcards.").texts().alias("Name").at(1))
            .param(P::new("FormatTypeName", "Only the views of these types.").texts().at(2))
            .param(P::new("Prefix", "A prefix for the nouns.").text())
            .param(P::switch("DisableNameChecking", "Without the warning about verbs."))
            .param(P::switch("AllowClobber", "Remote commands cover local ones of the same name."))
            .param(P::new("CommandType", "Only these kinds."))
            .param(P::new("Module", "Only commands of these modules.").texts().alias("PSSnapin"))
            .param(P::new("ArgumentList", "Arguments that decide about parameters.").many().alias("Args"))
            .param(P::new("Certificate", "Not needed here."))
            .example("Import-PSSession $session -Prefix EXO", "Get-EXOMailbox is the session's Get-Mailbox.")
            .simple(import_session),
    );
    registry.add(
        to_whom(
            Declare::new(
                "Enter-PSSession",
                "Is not needed: what is typed here runs with the session's commands.",
            )
            .module(CORE)
            .alias("etsn"),
        )
        .param(P::new("Session", "The session.").by_value().nullable())
        .param(P::new("Id", "Its number."))
        .param(P::new("Name", "Its name."))
        .simple(|cx, _| told(cx, "Enter-PSSession is not needed: the session's commands are there already.")),
    );
    registry.add(
        Declare::new("Exit-PSSession", "Is not needed: there is no session to step out of.")
            .module(CORE)
            .alias("exsn")
            .simple(|cx, _| told(cx, "Exit-PSSession is not needed; sign out to end the session.")),
    );
    for name in ["Connect-PSSession", "Disconnect-PSSession"] {
        registry.add(
            Declare::new(name, "Is not needed: the console keeps the session connected.")
                .module(CORE)
                .param(P::new("Session", "The session.").many().at(0).by_value().nullable())
                .param(P::new("Name", "Its name.").texts())
                .should_process()
                .simple(|cx, _| {
                    let text =
                        format!("{} is not needed: the console keeps the session connected.", cx.info.name);
                    told(cx, &text)?;
                    let session = session(cx);
                    cx.write(session)
                }),
        );
    }
    let mut option =
        Declare::new("New-PSSessionOption", "Gives options of a connection; the sign-in has decided them.")
            .module(CORE)
            .example("$o = New-PSSessionOption -SkipCACheck", "Options that New-PSSession takes.");
    for name in [
        "NoCompression",
        "NoEncryption",
        "NoMachineProfile",
        "SkipCACheck",
        "SkipCNCheck",
        "SkipRevocationCheck",
        "UseUTF16",
        "IncludePortInSPN",
    ] {
        option = option.param(P::switch(name, "Decided at the sign-in."));
    }
    for name in [
        "ApplicationArguments",
        "CancelTimeout",
        "Culture",
        "IdleTimeout",
        "MaxConnectionRetryCount",
        "MaximumReceivedDataSizePerCommand",
        "MaximumReceivedObjectSize",
        "MaximumRedirection",
        "OpenTimeout",
        "OperationTimeout",
        "OutputBufferingMode",
        "ProxyAccessType",
        "ProxyAuthentication",
        "ProxyCredential",
        "UICulture",
    ] {
        option = option.param(P::new(name, "Decided at the sign-in."));
    }
    registry.add(option.simple(|cx, _| {
        let given = cx.info.signature.params.iter().zip(&cx.args.values);
        let given: Vec<(PsStr, Value)> =
            given.filter_map(|(param, value)| Some((param.name.clone(), value.clone()?))).collect();
        let options = Object::typed("System.Management.Automation.Remoting.PSSessionOption", given);
        cx.write(options)
    }));
}

fn connections(registry: &mut Registry) {
    for name in ["Connect-ExchangeOnline", "Connect-IPPSSession"] {
        let mut connect = Declare::new(name, "Means the session that is open.")
            .module(EXCHANGE)
            .class("Microsoft.Exchange.Management.ExoPowershellSnapin.ConnectExchangeOnline")
            .param(P::new("Prefix", "A prefix for the nouns.").text())
            .param(P::new("CommandName", "Only these commands, with wildcards.").texts())
            .param(P::new("FormatTypeName", "Only the views of these types.").texts())
            .param(P::new("ConnectionUri", "The address.").at(0))
            .param(P::new("AzureADAuthorizationEndpointUri", "Decided at the sign-in.").at(1))
            .param(P::new("ExchangeEnvironmentName", "Decided at the sign-in.").at(2))
            .param(P::new("PSSessionOption", "Decided at the sign-in.").at(3))
            .param(P::new("DelegatedOrganization", "Decided at the sign-in.").at(4));
        for name in [
            "UserPrincipalName",
            "Credential",
            "AppId",
            "Organization",
            "CertificateThumbprint",
            "CertificateFilePath",
            "CertificatePassword",
            "Certificate",
            "AccessToken",
            "ManagedIdentityAccountId",
            "LogDirectoryPath",
            "LogLevel",
            "PageSize",
            "ConnectionId",
            "SigningCertificate",
        ] {
            connect = connect.param(P::new(name, "Decided at the sign-in.").nullable());
        }
        for name in [
            "ShowBanner",
            "ShowProgress",
            "BypassMailboxAnchoring",
            "Device",
            "DisableWAM",
            "EnableErrorReporting",
            "EnableSearchOnlySession",
            "InlineCredential",
            "LoadCmdletHelp",
            "ManagedIdentity",
            "SkipLoadingCmdletHelp",
            "SkipLoadingFormatData",
            "TrackPerformance",
            "UseMultithreading",
            "UseRPSSession",
        ] {
            connect = connect.param(P::switch(name, "Decided at the sign-in."));
        }
        registry.add(
            connect.example("Connect-ExchangeOnline", "The session that is open.").simple(connect_exchange),
        );
    }
    registry.add(
        Declare::new("Disconnect-ExchangeOnline", "Leaves the session to the console.")
            .module(EXCHANGE)
            .class("Microsoft.Exchange.Management.ExoPowershellSnapin.DisconnectExchangeOnline")
            .param(P::new("ConnectionId", "Which connections."))
            .param(P::new("ModulePrefix", "Which connections."))
            .should_process()
            .simple(|cx, _| {
                told(cx, "The session stays open for this console; it is removed when you sign out.")
            }),
    );
    registry.add(
        Declare::new("Get-ConnectionInformation", "Tells of the session that is open.")
            .module(EXCHANGE)
            .class("Microsoft.Exchange.Management.ExoPowershellSnapin.GetConnectionInformation")
            .param(P::new("ConnectionId", "Which connections."))
            .param(P::new("ModulePrefix", "Which connections."))
            .simple(|cx, _| {
                let facts = cx.engine.remote.facts();
                let information = Object::typed(
                    "Microsoft.Exchange.Management.ExoPowershellSnapin.ConnectionInformation",
                    [
                        ("Id", Value::I32(1)),
                        ("Name", Value::str("ExchangeOnline_1")),
                        ("UserPrincipalName", Value::Str(facts.user)),
                        ("ConnectionUri", Value::Str(facts.uri)),
                        ("State", Value::str("Connected")),
                        ("TokenStatus", Value::str("Active")),
                    ],
                );
                cx.write(information)
            }),
    );
}

fn modules(registry: &mut Registry) {
    let name = || P::new("Name", "Names, with wildcards.").texts().at(0).by_value().by_name();
    registry.add(
        Declare::new("Get-Module", "Gives the modules that the console's commands belong to.")
            .module(CORE)
            .alias("gmo")
            .param(name())
            .param(P::new("FullyQualifiedName", "Names with versions.").many())
            .param(P::switch("ListAvailable", "Also those that are not imported."))
            .param(P::switch("All", "All."))
            .param(P::switch("Refresh", "Has no meaning here."))
            .param(P::new("PSSession", "The session.").nullable())
            .example("Get-Module ExchangeOnlineManagement -ListAvailable", "It is there.")
            .simple(get_module),
    );
    for (name_of, alias) in [
        ("Import-Module", "ipmo"),
        ("Remove-Module", "rmo"),
        ("Install-Module", "inmo"),
        ("Update-Module", "upmo"),
        ("Uninstall-Module", ""),
    ] {
        let mut declare =
            Declare::new(name_of, "Is not needed for what the console has, and brings nothing else.")
                .param(P::new("Name", "Names.").texts().at(0).mandatory().by_value().by_name())
                .should_process();
        declare = declare.module(if name_of.contains("port") || name_of.starts_with("Remove") {
            CORE
        } else {
            "PowerShellGet"
        });
        if !alias.is_empty() {
            declare = declare.alias(alias);
        }
        for switch in [
            "Force",
            "AllowClobber",
            "AllowPrerelease",
            "SkipPublisherCheck",
            "AcceptLicense",
            "PassThru",
            "Global",
            "DisableNameChecking",
            "NoClobber",
            "SkipEditionCheck",
            "AsCustomObject",
            "AllVersions",
        ] {
            declare = declare.param(P::switch(switch, "Has no meaning here."));
        }
        for other in [
            "Scope",
            "Repository",
            "MinimumVersion",
            "MaximumVersion",
            "RequiredVersion",
            "Version",
            "Credential",
            "Prefix",
            "Function",
            "Cmdlet",
            "Variable",
            "Alias",
            "ArgumentList",
            "PSSession",
            "Proxy",
            "TrustRepository",
        ] {
            declare = declare.param(P::new(other, "Has no meaning here.").nullable());
        }
        registry.add(declare.simple(for_module));
    }
    for name in ["Add-PSSnapin", "Remove-PSSnapin"] {
        registry.add(
            Declare::new(name, "Is not needed: the session's commands are there already.")
                .module(CORE)
                .param(P::new("Name", "Names.").texts().at(0).by_value())
                .param(P::switch("PassThru", "Has no meaning here."))
                .simple(|cx, _| {
                    let text =
                        format!("{} is not needed: the session's commands are there already.", cx.info.name);
                    told(cx, &text)
                }),
        );
    }
    registry.add(
        Declare::new("Get-PSSnapin", "Gives nothing: there are no snap-ins.")
            .module(CORE)
            .param(P::new("Name", "Names.").texts().at(0))
            .param(P::switch("Registered", "Has no meaning here."))
            .simple(|_, _| Ok(())),
    );
}

/// Says in a line why there is nothing to do.
fn told(cx: &mut Cx<'_>, text: &str) -> Flow<()> {
    cx.engine.host.information(text);
    Ok(())
}

/// The session that is open, as an object.
fn session(cx: &Cx<'_>) -> Rc<Object> {
    let facts = cx.engine.remote.facts();
    Object::typed(
        "System.Management.Automation.Runspaces.PSSession",
        [
            ("Id", Value::I32(1)),
            ("Name", Value::str("WinRM1")),
            ("ComputerName", Value::Str(facts.host)),
            ("ComputerType", Value::str("RemoteMachine")),
            ("State", Value::str("Opened")),
            ("ConfigurationName", Value::Str(facts.configuration)),
            ("Availability", Value::str("Available")),
        ],
    )
    .labelled("[PSSession]WinRM1")
}

fn new_session(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    other_host(cx)?;
    let session = session(cx);
    if let Some(name) = cx.text("Name") {
        session.replace("Name", Value::Str(name));
    }
    told(cx, "New-PSSession gives the session that is open already.")?;
    cx.write(session)
}

/// Warns where a script names another server than the one that is signed in to.
fn other_host(cx: &mut Cx<'_>) -> Flow<()> {
    let own = cx.engine.remote.facts().host;
    let Some(uri) = cx.text("ConnectionUri") else { return Ok(()) };
    let rest = uri.split_once("://").map_or(uri.as_str(), |(_, rest)| rest);
    let named = rest.split(['/', ':', '?']).next().unwrap_or_default();
    if named.is_empty() || own.is_empty() || named.eq_ignore_ascii_case(&own) {
        return Ok(());
    }
    cx.warn(&format!("The session of this console is used: it is with {own}, and not with {named}."))
}

fn get_session(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let session = session(cx);
    let (names, computers) = (cx.texts("Name"), cx.texts("ComputerName"));
    let fits = |patterns: &[PsStr], property: &str| {
        let text = session.get(property).map(|value| value.text()).unwrap_or_default();
        patterns.is_empty() || patterns.iter().any(|pattern| Wildcard::new(pattern, false).matches(&text))
    };
    let ids = cx.list("Id");
    let is_first = ids.is_empty() || ids.iter().any(|id| convert::integer(id) == Some(1));
    if is_first && fits(&names, "Name") && fits(&computers, "ComputerName") {
        cx.write(session)
    } else {
        Ok(())
    }
}

fn import_session(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    if !is_session(&cx.arg("Session").unwrap_or_default()) {
        let null = cx.arg("Session").is_none_or(|value| value.is_null());
        return Err(cx.fail(
            "System.Management.Automation.ParameterBindingValidationException",
            if null { "ParameterArgumentValidationErrorNullNotAllowed" } else { "CannotConvertArgumentNoMessage" },
            if null { Category::InvalidData } else { Category::InvalidArgument },
            Value::Null,
            if null {
                "Cannot validate argument on parameter 'Session'. The argument is null. Provide a valid value for the argument, and then try running the command again."
            } else {
                "Cannot bind parameter 'Session'. Cannot convert the value to type \"System.Management.Automation.Runspaces.PSSession\"."
            },
        ));
    }
    let module = import(cx)?;
    cx.write(module)
}

/// Imports as the parameters say; gives the module.
fn import(cx: &mut Cx<'_>) -> Flow<Rc<Object>> {
    let import = Import {
        names: cx.texts("CommandName"),
        views: cx.has("FormatTypeName").then(|| cx.texts("FormatTypeName")),
        prefix: cx.text("Prefix").unwrap_or_default(),
        allow_clobber: cx.flag("AllowClobber"),
    };
    let local: Vec<PsStr> = super::all().iter().map(|info| info.name.clone()).collect();
    let imported = cx.engine.import_remote(&import, &local)?;
    let imported = match imported {
        Ok(imported) => imported,
        Err(message) => {
            cx.engine.go_on()?;
            return Err(cx.fail(
                "System.InvalidOperationException",
                "ErrorImportingPSSession",
                Category::InvalidResult,
                Value::Null,
                message,
            ));
        }
    };
    for name in &imported.skipped {
        cx.warn(&format!("Proxy creation has been skipped for the following command: '{name}', because it would shadow an existing local command.  Use the AllowClobber parameter if you want to shadow existing local commands."))?;
    }
    let is_unapproved = |name: &PsStr| name.split_once('-').is_some_and(|(verb, _)| !is_approved(verb));
    if !cx.flag("DisableNameChecking") && imported.names.iter().any(is_unapproved) {
        cx.warn(&format!("The names of some imported commands from the module '{IMPORTED}' include unapproved verbs that might make them less discoverable. To find the commands with unapproved verbs, run the Import-Module command again with the Verbose parameter. For a list of approved verbs, type Get-Verb."))?;
    }
    let names = imported.names.into_iter().map(Value::Str).collect();
    let module = module_object(IMPORTED, "Script", "1.0");
    module.set("ExportedCommands", Value::array(names));
    Ok(module)
}

fn is_session(value: &Value) -> bool {
    let name = match value.base() {
        Value::Object(object) => object.type_name(),
        Value::Remote(_) => return true,
        Value::Array(array) => return array.items.borrow().first().is_some_and(is_session),
        _ => return false,
    };
    name.ends_with("PSSession")
}

fn connect_exchange(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    other_host(cx)?;
    if cx.has("Prefix") || cx.has("CommandName") {
        import(cx)?;
    }
    let text = format!("{} is not needed: the session that is open is used.", cx.info.name);
    told(cx, &text)
}

fn get_credential(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let given = cx.arg("Credential");
    if let Some(Value::Net(object)) = given.as_ref().map(Value::base)
        && object.type_of() == Type::Credential
    {
        return cx.write(given.unwrap_or_default());
    }
    let user =
        cx.text("UserName").or_else(|| given.filter(|value| !value.is_null()).map(|value| value.text()));
    let title = cx.text("Title").unwrap_or_else(|| "PowerShell credential request".into());
    let message = cx.text("Message").unwrap_or_else(|| "Enter your credentials.".into());
    let asked = cx.engine.ask_credential(&title, &message, &user.unwrap_or_default());
    cx.engine.go_on()?;
    let Some((user, password)) = asked else {
        return Err(cx.fail(
            "System.Management.Automation.Host.HostException",
            "HostFunctionNotImplemented",
            Category::NotImplemented,
            Value::Null,
            "Nobody can be asked for a credential here.",
        ));
    };
    let password = Arc::new(SecureString::Clear(Zeroizing::new(password.to_string())));
    let credential: Rc<dyn NetObject> = Rc::new(Credential { user, password });
    cx.write(credential)
}

/// The modules that the console's commands stand for: names, and whether they count as imported.
fn known_modules() -> Vec<(PsStr, &'static str)> {
    let mut all: Vec<(PsStr, &'static str)> = vec![(IMPORTED.into(), "Script"), (EXCHANGE.into(), "Script")];
    for info in super::all() {
        if all.iter().all(|(name, _)| !name.eq_ignore_ascii_case(info.module)) {
            all.push((info.module.into(), "Manifest"));
        }
    }
    all
}

fn module_object(name: &str, kind: &'static str, version: &str) -> Rc<Object> {
    Object::typed(
        "System.Management.Automation.PSModuleInfo",
        [("ModuleType", Value::str(kind)), ("Version", Value::str(version)), ("Name", Value::str(name))],
    )
    .labelled(name)
}

fn get_module(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let names = cx.texts("Name");
    for (name, kind) in known_modules() {
        if names.is_empty() || names.iter().any(|own| Wildcard::new(own, false).matches(&name)) {
            cx.write(module_object(&name, kind, "3.0.0"))?;
        }
    }
    Ok(())
}

fn for_module(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let what = match cx.info.name.as_str() {
        "Remove-Module" | "Uninstall-Module" => "stays: the console's commands belong to it.",
        "Update-Module" => "is not updated here: the console brings its commands itself.",
        _ => "is not needed: its commands are there already.",
    };
    let known = known_modules();
    for name in cx.texts("Name") {
        let fits = |own: &PsStr| {
            if has_wildcard(&name) {
                Wildcard::new(&name, false).matches(own)
            } else {
                own.eq_ignore_ascii_case(&name)
            }
        };
        if known.iter().any(|(own, _)| fits(own)) || name.to_ascii_lowercase().starts_with("exchange") {
            told(cx, &format!("The module {name} {what}"))?;
            continue;
        }
        let import = cx.info.name.starts_with("Import");
        let message = if import {
            format!(
                "The specified module '{name}' was not loaded because no valid module file was found in any module directory."
            )
        } else {
            format!(
                "The module '{name}' is not available: this console has its own commands and those of the session, and installs nothing."
            )
        };
        cx.error(
            "System.IO.FileNotFoundException",
            "Modules_ModuleNotFound",
            Category::ResourceUnavailable,
            Value::Str(name.clone()),
            message,
        )?;
    }
    Ok(())
}

fn is_approved(verb: &str) -> bool {
    const APPROVED: &str = " add clear close copy enter exit find format get hide join lock move new open optimize pop push redo \
        remove rename reset resize search select set show skip split step switch undo unlock watch backup checkpoint compare \
        compress convert convertfrom convertto dismount edit expand export group import initialize limit merge mount out publish \
        restore save sync unpublish update debug measure ping repair resolve test trace connect disconnect read receive send write \
        approve assert complete confirm deny disable enable install invoke register request restart resume start stop submit \
        suspend uninstall unregister wait block grant protect revoke unblock unprotect use build deploy ";
    APPROVED.split_whitespace().any(|own| own.eq_ignore_ascii_case(verb))
}
