//! Which command a record is from (MS-PSRP section 2.2.3.15.1).

use postern_shared::value::{Properties, PsObject, PsStr, PsValue};

use crate::members::{dictionary, entries, enum_member, list, plain_text, type_names};

type_names! {
    fn bound_parameters() = [
        "System.Management.Automation.PSBoundParametersDictionary",
        "System.Collections.Generic.Dictionary`2[[System.String, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089],[System.Object, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089]]",
        "System.Object",
    ];
    fn command_origin() =
        ["System.Management.Automation.CommandOrigin", "System.Enum", "System.ValueType", "System.Object"];
    fn int_array() = ["System.Int32[]", "System.Array", "System.Object"];
    fn object_list() = [
        "System.Collections.Generic.List`1[[System.Object, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089]]",
        "System.Object",
    ];
    fn command_types() =
        ["System.Management.Automation.CommandTypes", "System.Enum", "System.ValueType", "System.Object"];
    fn invocation_info() = ["System.Management.Automation.InvocationInfo", "System.Object"];
    fn visibility() = [
        "System.Management.Automation.SessionStateEntryVisibility", "System.Enum", "System.ValueType",
        "System.Object",
    ];
}

/// The members of a record that say which command it is from, where in a script, and with which parameters.
///
/// It keeps the members as they came (`InvocationInfo_…`, `CommandInfo_…`, `ScriptExtent_…`) and reads them when asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InvocationInfo {
    members: Properties,
}

impl InvocationInfo {
    /// The info of a cmdlet that a client invoked with these parameters, as a pipeline's number `history_id`. It has no place
    /// in a script, and its origin is internal: so PowerShell's own server writes it.
    pub fn of_cmdlet(name: impl Into<PsStr>, parameters: Vec<(PsStr, PsValue)>, history_id: i64) -> Self {
        let name = name.into();
        let parameters = parameters.into_iter().map(|(name, value)| (PsValue::Str(name), value)).collect();
        let empty = || PsValue::Str(PsStr::EMPTY);
        let members = [
            ("InvocationInfo_BoundParameters", dictionary(bound_parameters(), parameters)),
            ("InvocationInfo_CommandOrigin", enum_member(command_origin(), "Internal", 1)),
            ("InvocationInfo_ExpectingInput", false.into()),
            ("InvocationInfo_InvocationName", name.clone().into()),
            ("InvocationInfo_Line", empty()),
            ("InvocationInfo_OffsetInLine", 0_i32.into()),
            ("InvocationInfo_HistoryId", history_id.into()),
            ("InvocationInfo_PipelineIterationInfo", list(int_array(), Vec::new())),
            ("InvocationInfo_PipelineLength", 0_i32.into()),
            ("InvocationInfo_PipelinePosition", 0_i32.into()),
            ("InvocationInfo_PSScriptRoot", empty()),
            ("InvocationInfo_PSCommandPath", PsValue::Null),
            ("InvocationInfo_PositionMessage", empty()),
            ("InvocationInfo_ScriptLineNumber", 0_i32.into()),
            ("InvocationInfo_ScriptName", empty()),
            ("InvocationInfo_UnboundArguments", list(object_list(), Vec::new())),
            ("SerializeExtent", false.into()),
            ("CommandInfo_CommandType", enum_member(command_types(), "Cmdlet", 8)),
            ("CommandInfo_Definition", name.clone().into()),
            ("CommandInfo_Name", name.into()),
            ("CommandInfo_Visibility", enum_member(visibility(), "Public", 0)),
        ];
        Self { members: members.into_iter().collect() }
    }

    /// The member `InvocationInfo` of an error record: the same as one object, which clients show but do not read.
    pub fn to_object(&self) -> PsValue {
        let member = |name: &str| self.members.get(name).cloned().unwrap_or_default();
        let invoked = |name| member(&format!("InvocationInfo_{name}"));
        let own = [
            "BoundParameters",
            "UnboundArguments",
            "ScriptLineNumber",
            "OffsetInLine",
            "HistoryId",
            "ScriptName",
            "Line",
            "PositionMessage",
            "PSScriptRoot",
            "PSCommandPath",
            "InvocationName",
            "PipelineLength",
            "PipelinePosition",
            "ExpectingInput",
        ];
        let adapted = std::iter::once(("MyCommand", member("CommandInfo_Name")))
            .chain(own.into_iter().map(|name| (name, invoked(name))))
            .chain([
                ("CommandOrigin", invoked("CommandOrigin").to_string().into()),
                ("DisplayScriptPosition", PsValue::Null),
            ])
            .collect();
        let type_names = invocation_info();
        let to_string = type_names.first().cloned();
        PsObject { type_names, to_string, adapted, ..PsObject::default() }.into()
    }

    /// The parameters that were bound, by name.
    pub fn bound_parameters(&self) -> Vec<(PsStr, PsValue)> {
        let bound = self.members.get("InvocationInfo_BoundParameters").and_then(entries);
        let bound = bound.unwrap_or_default().iter();
        bound.filter_map(|(name, value)| Some((plain_text(name)?, value.clone()))).collect()
    }

    /// Number of the pipeline in the server's history; 0 if it has none.
    pub fn history_id(&self) -> i64 {
        self.members.get("InvocationInfo_HistoryId").and_then(PsValue::as_i64).unwrap_or(0)
    }

    /// All of its members in wire order.
    pub fn members(&self) -> &Properties {
        &self.members
    }

    /// The command's name.
    pub fn command_name(&self) -> Option<PsStr> {
        self.text("CommandInfo_Name").or_else(|| self.invocation_name())
    }

    /// The name by which the command was invoked, an alias for example.
    pub fn invocation_name(&self) -> Option<PsStr> {
        self.text("InvocationInfo_InvocationName")
    }

    /// The line of the script or prompt that holds the command.
    pub fn line(&self) -> Option<PsStr> {
        self.text("InvocationInfo_Line")
    }

    /// The script's path.
    pub fn script_name(&self) -> Option<PsStr> {
        self.text("InvocationInfo_ScriptName")
    }

    /// Line number in the script, from 1; 0 if there is none.
    pub fn script_line_number(&self) -> i64 {
        self.members.get("InvocationInfo_ScriptLineNumber").and_then(PsValue::as_i64).unwrap_or(0)
    }

    /// Column in the line, from 1; 0 if there is none.
    pub fn offset_in_line(&self) -> i64 {
        self.members.get("InvocationInfo_OffsetInLine").and_then(PsValue::as_i64).unwrap_or(0)
    }

    /// The position as PowerShell prints it, over several lines (`At line:1 char:1 …`).
    pub fn position_message(&self) -> Option<PsStr> {
        self.text("InvocationInfo_PositionMessage")
    }

    fn text(&self, name: &str) -> Option<PsStr> {
        self.members.get(name).and_then(plain_text).filter(|text| !text.is_empty())
    }

    /// Whether a record's member of that name belongs to its invocation info.
    pub(super) fn is_member(name: &str) -> bool {
        ["InvocationInfo_", "CommandInfo_", "ScriptExtent_"]
            .iter()
            .any(|prefix| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
            || name.eq_ignore_ascii_case("SerializeExtent")
    }

    pub(super) fn from_value(record: &PsValue) -> Option<Self> {
        let members: Properties = record
            .as_object()?
            .extended
            .iter()
            .filter(|(name, _)| Self::is_member(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        (!members.is_empty()).then_some(Self { members })
    }

    pub(super) fn add_to(&self, extended: &mut Properties) {
        for (name, value) in self.members.iter() {
            extended.set(name.clone(), value.clone());
        }
    }
}
