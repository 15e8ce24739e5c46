//! Get-FileHash.

use std::fmt::Write as _;

use sha2::Digest as _;

use super::{
    Cx, Declare, P, Registry,
    content::{self, literal_paths, paths},
};
use crate::{
    interp::Flow,
    value::{Category, Object, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Get-FileHash", "Calculates the hash of a file.")
            .default_set("Path")
            .param(paths("Path").at(0).mandatory().by_value().by_name())
            .param(literal_paths())
            .param(
                P::new("Algorithm", "SHA256 (the default), SHA384 or SHA512.")
                    .text()
                    .at(1)
                    .one_of(&["SHA256", "SHA384", "SHA512", "SHA1", "MD5"]),
            )
            .example("Get-FileHash .\\users.csv", "Its SHA-256.")
            .simple(file_hash),
    );
}

fn file_hash(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let algorithm =
        cx.text("Algorithm").map_or_else(|| "SHA256".to_owned(), |name| name.to_ascii_uppercase());
    for name in content::files(cx)? {
        let bytes = cx.engine.read_file(&name)?;
        cx.engine.steps(bytes.len() >> 6)?;
        let digest: Vec<u8> = match algorithm.as_str() {
            "SHA384" => sha2::Sha384::digest(&bytes).to_vec(),
            "SHA512" => sha2::Sha512::digest(&bytes).to_vec(),
            "SHA256" => sha2::Sha256::digest(&bytes).to_vec(),
            _ => {
                return Err(cx.fail(
                    "System.Management.Automation.PSNotSupportedException",
                    "AlgorithmNotAvailable",
                    Category::NotImplemented,
                    Value::str(algorithm),
                    "MD5 and SHA-1 are broken and not available in this console; use SHA256.",
                ));
            }
        };
        let mut hex = String::with_capacity(digest.len() * 2);
        for byte in digest {
            let _ = write!(hex, "{byte:02X}");
        }
        cx.write(Object::typed(
            "Microsoft.Powershell.Utility.FileHash",
            [
                ("Algorithm", Value::str(algorithm.as_str())),
                ("Hash", Value::str(hex)),
                ("Path", Value::Str(name)),
            ],
        ))?;
    }
    Ok(())
}
