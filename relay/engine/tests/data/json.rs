//! JSON.

use crate::session::{error, output, run};

#[test]
fn values_are_written_as_newtonsoft_writes_them() {
    for (value, expected) in [
        ("$null", "null"),
        ("'a\"b\\c/\u{e9}\u{1}\t'", "\"a\\\"b\\\\c/\u{e9}\\u0001\\t\""),
        ("[char]65", "\"A\""),
        ("1.5", "1.5"),
        ("[double]3", "3.0"),
        ("1e21", "1E+21"),
        ("[decimal]2", "2.0"),
        ("[double]::PositiveInfinity", "\"Infinity\""),
        ("[datetime]'2026-01-05T14:03:09.5'", "\"2026-01-05T14:03:09.5\""),
        ("[guid]::Empty", "\"00000000-0000-0000-0000-000000000000\""),
        ("@()", "[]"),
        ("@{}", "{}"),
        ("[ordered]@{b=1;a=@{}}", "{\"b\":1,\"a\":{}}"),
        ("(1,(2,3))", "[1,[2,3]]"),
        ("[switch]$true", "{\"IsPresent\":true}"),
    ] {
        assert_eq!(
            output(&format!("ConvertTo-Json -Compress -InputObject ({value})")),
            [expected],
            "{value}"
        );
    }
    assert_eq!(error("@{1=2} | ConvertTo-Json"), "NonStringKeyInDictionary");
    assert_eq!(error("1 | ConvertTo-Json -Depth 101"), "ParameterArgumentValidationError");
}

#[test]
fn depth_cuts_with_a_warning() {
    let deep = "[ordered]@{a=@{b=@{c=@{d=1}}}}";
    let seen = run(&format!("{deep} | ConvertTo-Json -Compress"));
    assert_eq!(seen.output, ["{\"a\":{\"b\":{\"c\":\"System.Collections.Hashtable\"}}}"]);
    assert_eq!(
        seen.warnings,
        ["Resulting JSON is truncated as serialization has exceeded the set depth of 2."]
    );
    let seen = run(&format!("{deep} | ConvertTo-Json -Compress -Depth 0"));
    assert_eq!(seen.output, ["{\"a\":\"System.Collections.Hashtable\"}"]);
    let seen = run(&format!("{deep} | ConvertTo-Json -Compress -Depth 3"));
    assert_eq!((seen.output[0].as_str(), seen.warnings.len()), ("{\"a\":{\"b\":{\"c\":{\"d\":1}}}}", 0));
}

#[test]
fn a_value_that_holds_itself_ends() {
    let seen =
        run("$a = @{}; $a.self = $a; $a | ConvertTo-Json -Compress -Depth 100 | ForEach-Object Length");
    assert_eq!((seen.errors.len(), seen.warnings.len()), (0, 1), "{seen:?}");
}

#[test]
fn what_newtonsoft_reads_is_read() {
    for (json, script, expected) in [
        ("{\"a\":1}", "$_.a.GetType().Name", "Int64"),
        ("{'a':'x'}", "$_.a", "x"),
        ("{a:1, /* c */ b:[1,2,],}", "$_.b.Count", "2"),
        ("// c\n[1.5e3]", "$_", "1500"),
        ("{\"a\":1,\"a\":2}", "$_.a", "2"),
        ("{\"a\":\"\\u00fc\\n\\/\"}", "$_.a", "ü\n/"),
        ("{\"d\":\"2026-01-05T14:03:00Z\"}", "$_.d.Kind", "Utc"),
        ("{\"d\":\"2026-01-05\"}", "$_.d.GetType().Name", "String"),
        ("9223372036854775808", "$_", "9223372036854775808"),
        ("\u{feff}true", "$_", "True"),
    ] {
        let quoted = json.replace('\'', "''");
        let script = format!("'{quoted}' | ConvertFrom-Json | ForEach-Object {{ {script} }}");
        assert_eq!(output(&script), [expected], "{json}");
    }
    assert_eq!(output("('{\"B\":1,\"b\":2}' | ConvertFrom-Json -AsHashtable).b"), ["2"]);
    assert_eq!(
        output("('{\"d\":\"2026-01-05T14:03:00Z\"}' | ConvertFrom-Json -DateKind String).d"),
        ["2026-01-05T14:03:00Z"]
    );
}

#[test]
fn what_is_no_json_is_an_error() {
    for json in [
        "{",
        "[1",
        "{\"a\"}",
        "{\"a\":}",
        "\"x",
        "tru",
        "1 2",
        "[1 2]",
        "{\"a\":1 \"b\":2}",
        "\"\\q\"",
        "\"\\ud8\"",
        "-",
        "0x",
        "1.2.3",
    ] {
        assert_eq!(error(&format!("'{json}' | ConvertFrom-Json")), "System.ArgumentException", "{json}");
    }
    assert_eq!(error("'{\"\":1}' | ConvertFrom-Json"), "EmptyKeyInJsonString");
    assert_eq!(error("'{\"A\":1,\"a\":1}' | ConvertFrom-Json"), "KeysWithDifferentCasingInJsonString");
    // Depth is bounded before the stack is.
    assert_eq!(error("'[' * 100000 | ConvertFrom-Json"), "System.ArgumentException");
    assert_eq!(error("'[[1]]' | ConvertFrom-Json -Depth 1"), "System.ArgumentException");
    assert_eq!(output("'[[1]]' | ConvertFrom-Json -Depth 2 | ForEach-Object { $_ }"), ["1"]);
    let seen = run("'{x' | Test-Json");
    assert_eq!((seen.output, seen.errors), (vec!["False".to_owned()], vec!["InvalidJson".to_owned()]));
}

#[test]
fn every_beginning_of_a_text_is_answered() {
    let json = "{\"a\":[1,-2.5e3,true,null,\"x\\u00fc\\\"\"],'b':{c:0x1F,/*d*/\"e\":\"2026-01-05T14:03:00+01:00\"}} // z";
    let script = format!(
        "$t = '{}'; 0..$t.Length | ForEach-Object {{ $t.Substring(0, $_) | ConvertFrom-Json -ErrorAction SilentlyContinue | Out-Null }}; 'end'",
        json.replace('\'', "''")
    );
    // A terminating error ends the pipeline; what counts is that none is worse.
    let script = script.replace(
        "$t.Substring(0, $_) | ConvertFrom-Json -ErrorAction SilentlyContinue | Out-Null",
        "try { $t.Substring(0, $_) | ConvertFrom-Json | Out-Null } catch { }",
    );
    assert_eq!(output(&script), ["end"]);
}
