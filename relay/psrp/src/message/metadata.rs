//! `GET_COMMAND_METADATA` (MS-PSRP section 2.2.2.14) and the objects that answer it (sections 2.2.3.22 and 2.2.3.23).

use std::sync::Arc;

use postern_shared::value::{Content, Properties, PsObject, PsStr, PsValue};

use super::MessageType;
use crate::{
    ProtocolError,
    members::{Body, dictionary, entries, enum_member, list, notes, string_array, text, texts, type_names},
};

type_names! {
    fn command_types() =
        ["System.Management.Automation.CommandTypes", "System.Enum", "System.ValueType", "System.Object"];
    fn count() = [
        "Selected.Microsoft.PowerShell.Commands.GenericMeasureInfo",
        "System.Management.Automation.PSCustomObject",
        "System.Object",
    ];
    fn cmdlet_info() = [
        "Selected.System.Management.Automation.CmdletInfo",
        "System.Management.Automation.PSCustomObject",
        "System.Object",
    ];
    fn parameters() = [
        "System.Collections.Generic.Dictionary`2[[System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089],[System.Management.Automation.ParameterMetadata, System.Management.Automation, Version=3.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
        "System.Object",
    ];
    fn parameter_metadata() = ["System.Management.Automation.ParameterMetadata", "System.Object"];
    fn parameter_sets() = [
        "System.Collections.Generic.Dictionary`2[[System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089],[System.Management.Automation.ParameterSetMetadata, System.Management.Automation, Version=3.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
        "System.Object",
    ];
    fn string_collection() = [
        "System.Collections.ObjectModel.Collection`1[[System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089]]",
        "System.Object",
    ];
    fn attribute_collection() = [
        "System.Collections.ObjectModel.Collection`1[[System.Attribute, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089]]",
        "System.Object",
    ];
}

/// `System.Management.Automation.CommandTypes`: a set of kinds of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandTypes(pub i32);

/// The kinds and their names, in .NET's order.
const COMMAND_TYPES: [(i32, &str); 8] = [
    (0x1, "Alias"),
    (0x2, "Function"),
    (0x4, "Filter"),
    (0x8, "Cmdlet"),
    (0x10, "ExternalScript"),
    (0x20, "Application"),
    (0x40, "Script"),
    (0x100, "Configuration"),
];

impl CommandTypes {
    /// Aliases.
    pub const ALIAS: Self = Self(0x1);
    /// Functions.
    pub const FUNCTION: Self = Self(0x2);
    /// Cmdlets.
    pub const CMDLET: Self = Self(0x8);
    /// What Import-PSSession asks for: aliases, functions, filters, cmdlets and configurations.
    pub const IMPORTED: Self = Self(0x10F);

    /// Whether all of `other` is in here.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    fn to_value(self) -> PsValue {
        let names: Vec<&str> =
            COMMAND_TYPES.iter().filter(|(bit, _)| self.0 & bit != 0).map(|(_, name)| *name).collect();
        enum_member(command_types(), names.join(", "), self.0)
    }

    /// From a number, an enum or its text.
    fn read(value: &PsValue) -> Option<Self> {
        if let Some(number) = value.as_i64() {
            return Some(Self(i32::try_from(number).ok()?));
        }
        let named = |name: &str| {
            COMMAND_TYPES.iter().find(|(_, own)| own.eq_ignore_ascii_case(name.trim())).map(|(bit, _)| *bit)
        };
        value.as_str()?.split(',').try_fold(0, |all, name| Some(all | named(name)?)).map(Self)
    }
}

/// What a `GET_COMMAND_METADATA` asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataQuery {
    /// Names, with wildcards; empty for all.
    pub names: Vec<PsStr>,
    /// Kinds of commands.
    pub types: CommandTypes,
    /// Modules or snap-ins (`Namespace`); empty for all.
    pub namespaces: Vec<PsStr>,
    /// `FullyQualifiedModule`, as it stands in the message.
    pub modules: PsValue,
    /// `ArgumentList`, as it stands in the message.
    pub arguments: PsValue,
}

impl MetadataQuery {
    /// Asks for the commands with these names, with wildcards; for all if there is none.
    pub fn named(names: impl IntoIterator<Item = impl Into<PsStr>>) -> Self {
        Self {
            names: names.into_iter().map(Into::into).collect(),
            types: CommandTypes::IMPORTED,
            namespaces: Vec::new(),
            modules: PsValue::Null,
            arguments: PsValue::Null,
        }
    }

    pub(crate) fn to_value(&self) -> PsValue {
        let strings = |texts: &[PsStr]| match texts {
            [] => PsValue::Null,
            texts => list(string_array(), texts.iter().cloned().map(PsValue::Str).collect()),
        };
        // Without a name PowerShell asks for `*`.
        let all = [PsStr::from_static("*")];
        notes([
            ("Name", strings(if self.names.is_empty() { &all } else { &self.names })),
            ("CommandType", self.types.to_value()),
            ("Namespace", strings(&self.namespaces)),
            ("FullyQualifiedModule", self.modules.clone()),
            ("ArgumentList", self.arguments.clone()),
        ])
    }

    pub(crate) fn read(value: &PsValue) -> Result<Self, ProtocolError> {
        let body = Body { message: MessageType::GetCommandMetadata, value };
        let types = match body.member("CommandType")? {
            PsValue::Null => CommandTypes::IMPORTED,
            types => CommandTypes::read(types).ok_or_else(|| body.malformed("CommandType"))?,
        };
        Ok(Self {
            names: value.get("Name").map(texts).unwrap_or_default(),
            types,
            namespaces: value.get("Namespace").map(texts).unwrap_or_default(),
            modules: value.get("FullyQualifiedModule").cloned().unwrap_or_default(),
            arguments: value.get("ArgumentList").cloned().unwrap_or_default(),
        })
    }
}

/// An output object of a `GET_COMMAND_METADATA` pipeline.
#[derive(Clone, Debug, PartialEq)]
pub enum MetadataAnswer {
    /// How many commands follow; comes first.
    Count(u32),
    /// One command.
    Command(CommandInfo),
}

impl MetadataAnswer {
    /// Reads an output object; `None` if it is neither of the two.
    pub fn from_value(value: &PsValue) -> Option<Self> {
        if let Some(command) = CommandInfo::from_value(value) {
            return Some(Self::Command(command));
        }
        Some(Self::Count(u32::try_from(value.get("Count")?.as_i64()?).ok()?))
    }

    /// The object to write.
    pub fn to_value(&self) -> PsValue {
        match self {
            Self::Count(number) => PsObject {
                type_names: count(),
                extended: [("Count", PsValue::I32(i32::try_from(*number).unwrap_or(i32::MAX)))]
                    .into_iter()
                    .collect(),
                ..PsObject::default()
            }
            .into(),
            Self::Command(command) => command.to_value(),
        }
    }
}

/// A command and its parameters (section 2.2.3.22).
#[derive(Clone, Debug, PartialEq)]
pub struct CommandInfo {
    /// Its name.
    pub name: PsStr,
    /// What it is.
    pub types: CommandTypes,
    /// Its module or snap-in.
    pub namespace: Option<PsStr>,
    /// Address of its help.
    pub help_uri: Option<PsStr>,
    /// An alias' command.
    pub resolved_name: Option<PsStr>,
    /// Its parameters in the order of the wire.
    pub parameters: Vec<ParameterInfo>,
}

/// A parameter of a command (section 2.2.3.23).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterInfo {
    /// Its name.
    pub name: PsStr,
    /// Its .NET type's name.
    pub type_name: PsStr,
    /// Other names.
    pub aliases: Vec<PsStr>,
    /// Whether it takes no value.
    pub is_switch: bool,
    /// Whether it exists only depending on other parameters.
    pub is_dynamic: bool,
    /// Names of its parameter sets.
    pub sets: Vec<PsStr>,
    /// Type names of its attributes.
    pub attributes: Vec<PsStr>,
}

/// The parameter set that stands for all of them.
const ALL_SETS: PsStr = PsStr::from_static("__AllParameterSets");

impl CommandInfo {
    /// A cmdlet without parameters.
    pub fn cmdlet(name: impl Into<PsStr>) -> Self {
        Self {
            name: name.into(),
            types: CommandTypes::CMDLET,
            namespace: None,
            help_uri: None,
            resolved_name: None,
            parameters: Vec::new(),
        }
    }

    /// Reads a command; `None` if the object is none.
    pub fn from_value(value: &PsValue) -> Option<Self> {
        let types = CommandTypes::read(value.get("CommandType")?)?;
        let parameters = match value.get("Parameters") {
            None | Some(PsValue::Null) => Vec::new(),
            Some(all) => match entries(all) {
                Some(entries) => {
                    entries.iter().filter_map(|(name, p)| ParameterInfo::read(name, p)).collect()
                }
                None => all
                    .as_object()?
                    .properties()
                    .filter_map(|(name, p)| ParameterInfo::read(&PsValue::Str(name.clone()), p))
                    .collect(),
            },
        };
        Some(Self {
            name: text(value, "Name")?,
            types,
            namespace: text(value, "Namespace").filter(|text| !text.is_empty()),
            help_uri: text(value, "HelpUri").filter(|text| !text.is_empty()),
            resolved_name: text(value, "ResolvedCommandName").filter(|text| !text.is_empty()),
            parameters,
        })
    }

    /// The object to write.
    pub fn to_value(&self) -> PsValue {
        let all = self.parameters.iter().map(|p| (PsValue::Str(p.name.clone()), p.to_value())).collect();
        let extended: Properties = [
            ("Name", PsValue::Str(self.name.clone())),
            ("Namespace", self.namespace.clone().into()),
            ("HelpUri", self.help_uri.clone().into()),
            ("CommandType", self.types.to_value()),
            ("ResolvedCommandName", self.resolved_name.clone().into()),
            ("OutputType", PsValue::Null),
            ("Parameters", dictionary(parameters(), all)),
        ]
        .into_iter()
        .collect();
        PsObject { type_names: cmdlet_info(), extended, ..PsObject::default() }.into()
    }
}

impl ParameterInfo {
    fn read(name: &PsValue, value: &PsValue) -> Option<Self> {
        let type_name = text(value, "ParameterType").unwrap_or_default();
        let name = text(value, "Name").or_else(|| name.as_str().map(PsStr::from))?;
        let sets = value.get("ParameterSets").and_then(entries).unwrap_or_default();
        Some(Self {
            is_switch: value.get("SwitchParameter").and_then(PsValue::as_bool).unwrap_or(false)
                || type_name.as_str() == "System.Management.Automation.SwitchParameter",
            name,
            type_name,
            aliases: value.get("Aliases").map(texts).unwrap_or_default(),
            is_dynamic: value.get("IsDynamic").and_then(PsValue::as_bool).unwrap_or(false),
            sets: sets.iter().filter_map(|(set, _)| set.as_str().map(PsStr::from)).collect(),
            attributes: value.get("Attributes").map(texts).unwrap_or_default(),
        })
    }

    fn to_value(&self) -> PsValue {
        let strings = |texts: &[PsStr]| texts.iter().cloned().map(PsValue::Str).collect::<Vec<_>>();
        let set_text = PsValue::Str(PsStr::from_static("System.Management.Automation.ParameterSetMetadata"));
        let sets = if self.sets.is_empty() { &[ALL_SETS][..] } else { &self.sets };
        let sets = sets.iter().map(|set| (PsValue::Str(set.clone()), set_text.clone())).collect();
        let adapted: Properties = [
            ("Name", PsValue::Str(self.name.clone())),
            ("ParameterType", PsValue::Str(self.type_name.clone())),
            ("ParameterSets", dictionary(parameter_sets(), sets)),
            ("IsDynamic", self.is_dynamic.into()),
            ("Aliases", list(string_collection(), strings(&self.aliases))),
            ("Attributes", list(attribute_collection(), strings(&self.attributes))),
            ("SwitchParameter", self.is_switch.into()),
        ]
        .into_iter()
        .collect();
        let type_names = parameter_metadata();
        let to_string = type_names.first().cloned();
        PsValue::Object(Arc::new(PsObject {
            type_names,
            to_string,
            content: Content::None,
            adapted,
            ..PsObject::default()
        }))
    }
}
