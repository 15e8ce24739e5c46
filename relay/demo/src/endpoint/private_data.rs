//! What the server says of itself: its application private data (MS-PSRP section 2.2.2.13), as an Exchange server has it.

use postern_shared::value::{Content, PsObject, PsStr, PsValue, PsVersion};

/// Hash of what can be imported: a client that keeps imported modules makes a new one when it changes.
const IMPLICIT_REMOTING_HASH: &str = "postern-demo-1";
/// Version of PowerShell that the endpoint is like: Windows PowerShell 5.1 on Windows Server 2022.
const POWERSHELL: PsVersion = PsVersion { major: 5, minor: 1, build: 20348, revision: 2227 };
/// Version of the common language runtime there.
const CLR: PsVersion = PsVersion { major: 4, minor: 0, build: 30319, revision: 42000 };
/// Build of Windows there.
const BUILD: PsVersion = PsVersion { major: 10, minor: 0, build: 20348, revision: 2227 };
/// Versions of clients that can import.
const SUPPORTED_VERSIONS: &str = "14.15.0.0-15.20.0.0";

/// The dictionary's entries.
pub(super) fn private_data() -> Vec<(PsValue, PsValue)> {
    let compatible = [(1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (5, 1)];
    let mut versions: Vec<PsValue> =
        compatible.into_iter().map(|(major, minor)| PsVersion::new(major, minor).into()).collect();
    versions.pop();
    versions.push(POWERSHELL.into());
    let compatible = PsObject {
        type_names: ["System.Version[]", "System.Array", "System.Object"].map(PsStr::from_static).into(),
        content: Content::List(versions),
        ..PsObject::default()
    };
    entries([
        ("ImplicitRemoting", dictionary([("Hash", IMPLICIT_REMOTING_HASH.into())])),
        ("SupportedVersions", SUPPORTED_VERSIONS.into()),
        (
            "PSVersionTable",
            dictionary([
                ("PSVersion", POWERSHELL.into()),
                ("PSEdition", "Desktop".into()),
                ("PSCompatibleVersions", compatible.into()),
                ("BuildVersion", BUILD.into()),
                ("CLRVersion", CLR.into()),
                ("WSManStackVersion", PsVersion::new(3, 0).into()),
                ("PSRemotingProtocolVersion", PsVersion::new(2, 3).into()),
                ("SerializationVersion", PsVersion { major: 1, minor: 1, build: 0, revision: 1 }.into()),
            ]),
        ),
    ])
}

fn dictionary<const N: usize>(entries: [(&str, PsValue); N]) -> PsValue {
    PsObject {
        type_names: [
            "System.Management.Automation.PSPrimitiveDictionary",
            "System.Collections.Hashtable",
            "System.Object",
        ]
        .map(PsStr::from_static)
        .into(),
        content: Content::Dictionary(self::entries(entries)),
        ..PsObject::default()
    }
    .into()
}

fn entries<const N: usize>(entries: [(&str, PsValue); N]) -> Vec<(PsValue, PsValue)> {
    entries.into_iter().map(|(key, value)| (key.into(), value)).collect()
}
