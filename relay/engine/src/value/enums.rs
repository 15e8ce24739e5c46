//! The enumerations of the closed world.

use std::fmt;

/// An enumeration.
#[derive(Debug, PartialEq, Eq)]
pub struct EnumType {
    /// Full .NET name.
    pub name: &'static str,
    /// Whether members can be combined.
    pub flags: bool,
    /// Names and numbers.
    pub members: &'static [(&'static str, i64)],
}

/// A member of an enumeration.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EnumValue {
    /// The enumeration.
    pub ty: &'static EnumType,
    /// The number.
    pub number: i64,
}

impl fmt::Debug for EnumValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.ty.name, self.name())
    }
}

impl EnumType {
    /// The member of that name, without regard to case; names with commas between them for flags; a number.
    pub fn parse(&'static self, text: &str) -> Option<EnumValue> {
        let mut number = 0;
        for part in text.split(',') {
            let part = part.trim();
            number |= if let Some((_, number)) =
                self.members.iter().find(|(name, _)| name.eq_ignore_ascii_case(part))
            {
                *number
            } else {
                // PowerShell takes a prefix that only one member has.
                let mut fits = self.members.iter().filter(|(name, _)| {
                    !part.is_empty()
                        && name.get(..part.len()).is_some_and(|start| start.eq_ignore_ascii_case(part))
                });
                match (fits.next(), fits.next()) {
                    (Some((_, number)), None) => *number,
                    _ => part.parse().ok()?,
                }
            };
        }
        Some(EnumValue { ty: self, number })
    }

    /// The member of that number.
    pub fn value(&'static self, number: i64) -> EnumValue {
        EnumValue { ty: self, number }
    }
}

impl EnumValue {
    /// The member's name, or its number.
    pub fn name(&self) -> String {
        if let Some((name, _)) = self.ty.members.iter().find(|(_, number)| *number == self.number) {
            return (*name).to_owned();
        }
        if self.ty.flags {
            let mut rest = self.number;
            let mut names = Vec::new();
            for (name, number) in self.ty.members.iter().rev() {
                if *number != 0 && rest & number == *number {
                    rest &= !number;
                    names.push(*name);
                }
            }
            if rest == 0 && !names.is_empty() {
                names.reverse();
                return names.join(", ");
            }
        }
        self.number.to_string()
    }
}

macro_rules! enums {
    ($($id:ident $name:literal $flags:literal [$($member:literal $number:literal),* $(,)?]);* $(;)?) => {
        $(
            #[doc = concat!("`", $name, "`.")]
            pub(crate) static $id: EnumType =
                EnumType { name: $name, flags: $flags, members: &[$(($member, $number)),*] };
        )*
        /// All enumerations.
        pub(crate) static ALL: &[&EnumType] = &[$(&$id),*];
    };
}

enums! {
    DAY_OF_WEEK "System.DayOfWeek" false ["Sunday" 0, "Monday" 1, "Tuesday" 2, "Wednesday" 3, "Thursday" 4, "Friday" 5, "Saturday" 6];
    DATE_TIME_KIND "System.DateTimeKind" false ["Unspecified" 0, "Utc" 1, "Local" 2];
    MIDPOINT_ROUNDING "System.MidpointRounding" false ["ToEven" 0, "AwayFromZero" 1, "ToZero" 2, "ToNegativeInfinity" 3, "ToPositiveInfinity" 4];
    STRING_COMPARISON "System.StringComparison" false ["CurrentCulture" 0, "CurrentCultureIgnoreCase" 1, "InvariantCulture" 2, "InvariantCultureIgnoreCase" 3, "Ordinal" 4, "OrdinalIgnoreCase" 5];
    STRING_SPLIT_OPTIONS "System.StringSplitOptions" true ["None" 0, "RemoveEmptyEntries" 1, "TrimEntries" 2];
    REGEX_OPTIONS "System.Text.RegularExpressions.RegexOptions" true ["None" 0, "IgnoreCase" 1, "Multiline" 2, "ExplicitCapture" 4, "Compiled" 8, "Singleline" 16, "IgnorePatternWhitespace" 32, "RightToLeft" 64, "ECMAScript" 256, "CultureInvariant" 512];
    ACTION_PREFERENCE "System.Management.Automation.ActionPreference" false ["SilentlyContinue" 0, "Stop" 1, "Continue" 2, "Inquire" 3, "Ignore" 4, "Suspend" 5, "Break" 6];
    CONFIRM_IMPACT "System.Management.Automation.ConfirmImpact" false ["None" 0, "Low" 1, "Medium" 2, "High" 3];
    ERROR_CATEGORY "System.Management.Automation.ErrorCategory" false [
        "NotSpecified" 0, "OpenError" 1, "CloseError" 2, "DeviceError" 3, "DeadlockDetected" 4, "InvalidArgument" 5,
        "InvalidData" 6, "InvalidOperation" 7, "InvalidResult" 8, "InvalidType" 9, "MetadataError" 10, "NotImplemented" 11,
        "NotInstalled" 12, "ObjectNotFound" 13, "OperationStopped" 14, "OperationTimeout" 15, "SyntaxError" 16, "ParserError" 17,
        "PermissionDenied" 18, "ResourceBusy" 19, "ResourceExists" 20, "ResourceUnavailable" 21, "ReadError" 22, "WriteError" 23,
        "FromStdErr" 24, "SecurityError" 25, "ProtocolError" 26, "ConnectionError" 27, "AuthenticationError" 28,
        "LimitsExceeded" 29, "QuotaExceeded" 30, "NotEnabled" 31];
    CONSOLE_COLOR "System.ConsoleColor" false ["Black" 0, "DarkBlue" 1, "DarkGreen" 2, "DarkCyan" 3, "DarkRed" 4, "DarkMagenta" 5, "DarkYellow" 6, "Gray" 7, "DarkGray" 8, "Blue" 9, "Green" 10, "Cyan" 11, "Red" 12, "Magenta" 13, "Yellow" 14, "White" 15];
    ADDRESS_FAMILY "System.Net.Sockets.AddressFamily" false ["InterNetwork" 2, "InterNetworkV6" 23];
    SCOPED_ITEM_OPTIONS "System.Management.Automation.ScopedItemOptions" true ["None" 0, "ReadOnly" 1, "Constant" 2, "Private" 4, "AllScope" 8, "Unspecified" 16];
    COMMAND_TYPES "System.Management.Automation.CommandTypes" true ["Alias" 1, "Function" 2, "Filter" 4, "Cmdlet" 8, "ExternalScript" 16, "Application" 32, "Script" 64, "Configuration" 256, "All" 383];
    MEMBER_TYPES "System.Management.Automation.PSMemberTypes" true ["AliasProperty" 1, "CodeProperty" 2, "Property" 4, "NoteProperty" 8, "ScriptProperty" 16, "Properties" 31, "PropertySet" 32, "Method" 64, "CodeMethod" 128, "ScriptMethod" 256, "Methods" 448, "ParameterizedProperty" 512, "MemberSet" 1024, "Event" 2048, "Dynamic" 4096, "All" 8191];
    URI_HOST_NAME_TYPE "System.UriHostNameType" false ["Unknown" 0, "Basic" 1, "Dns" 2, "IPv4" 3, "IPv6" 4];
    BASE64_OPTIONS "System.Base64FormattingOptions" true ["None" 0, "InsertLineBreaks" 1];
    DATE_TIME_STYLES "System.Globalization.DateTimeStyles" true ["None" 0, "AllowLeadingWhite" 1, "AllowTrailingWhite" 2, "AllowInnerWhite" 4, "AllowWhiteSpaces" 7, "NoCurrentDateDefault" 8, "AdjustToUniversal" 16, "AssumeLocal" 32, "AssumeUniversal" 64, "RoundtripKind" 128];
    NUMBER_STYLES "System.Globalization.NumberStyles" true ["None" 0, "AllowLeadingWhite" 1, "AllowTrailingWhite" 2, "AllowLeadingSign" 4, "Integer" 7, "AllowTrailingSign" 8, "AllowParentheses" 16, "AllowDecimalPoint" 32, "AllowThousands" 64, "Number" 111, "AllowExponent" 128, "Float" 167, "AllowCurrencySymbol" 256, "Currency" 383, "Any" 511, "AllowHexSpecifier" 512, "HexNumber" 515];
    LANGUAGE_MODE "System.Management.Automation.PSLanguageMode" false ["FullLanguage" 0, "RestrictedLanguage" 1, "NoLanguage" 2, "ConstrainedLanguage" 3];
}
