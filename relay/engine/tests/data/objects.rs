//! Group-, Compare-, Measure-Object and their relatives.

use crate::session::{error, output, run};

#[test]
fn groups() {
    for (script, expected) in [
        ("'b','a','B' | Group-Object | ForEach-Object { \"$($_.Name)$($_.Count)\" }", vec!["a1", "b2"]),
        ("'b','a','B' | Group-Object -CaseSensitive | ForEach-Object Name", vec!["a", "b", "B"]),
        ("10,9,10 | Group-Object | ForEach-Object { $_.Values[0].GetType().Name }", vec!["Int32", "Int32"]),
        // Values of several types keep the order in which they came.
        ("1,'a',1,2.5 | Group-Object | ForEach-Object Name", vec!["1", "a", "2.5"]),
        ("@{a=1},@{a=2} | Group-Object a | ForEach-Object Name", vec!["1", "2"]),
        (
            "1..4 | Group-Object { $_ % 2 -eq 0 } -NoElement | ForEach-Object { \"$($_.Name) $($_.Group.Count)\" }",
            vec!["False 0", "True 0"],
        ),
        ("$h = 'x1','y1','x2' | Group-Object { $_[0] } -AsHashTable -AsString; $h['x'].Count", vec!["2"]),
        (
            "[pscustomobject]@{d=[datetime]'2026-01-05 14:03'} | Group-Object d | ForEach-Object Name",
            vec!["1/5/2026 2:03:00 PM"],
        ),
        ("1.0,1 | Group-Object | ForEach-Object Count", vec!["2"]),
    ] {
        assert_eq!(output(script), expected, "{script}");
    }
    assert_eq!(error("1 | Group-Object -AsString"), "InvalidOperationAsStringSwitch");
    assert_eq!(error("1 | Group-Object a,b -AsHashTable"), "ArgumentException");
}

#[test]
fn comparisons() {
    let show = "ForEach-Object { \"$($_.InputObject)$($_.SideIndicator)\" }";
    for (sets, expected) in [
        ("(1,2,3) (3,2,4)", vec!["4=>", "1<="]),
        ("(1,2) (2,1) -SyncWindow 0", vec!["2=>", "1<=", "1=>", "2<="]),
        ("'a' 'A'", vec![]),
        ("'a' 'A' -CaseSensitive", vec!["A=>", "a<="]),
        ("(1,2) (2,3) -IncludeEqual", vec!["2==", "3=>", "1<="]),
        ("(1,2) (2,3) -ExcludeDifferent", vec!["2=="]),
        ("(1,2) (2,3) -ExcludeDifferent -IncludeEqual:$false", vec![]),
        ("(1,1,2) (1,2)", vec!["1<="]),
        ("@() @()", vec![]),
        ("(1) @()", vec!["1<="]),
    ] {
        assert_eq!(output(&format!("Compare-Object {sets} | {show}")), expected, "{sets}");
    }
    let script = "$a = [pscustomobject]@{n=1;x='p'}; $b = [pscustomobject]@{n=1;x='q'}; \
        Compare-Object $a $b -Property n,x | ForEach-Object { \"$($_.n) $($_.x) $($_.SideIndicator)\" }; \
        Compare-Object $a $b -Property @{n='y';e={$_.x}} | ForEach-Object y";
    assert_eq!(output(script), ["1 q =>", "1 p <=", "q", "p"]);
    assert_eq!(error("Compare-Object $null 1"), "ParameterArgumentValidationErrorNullNotAllowed");
}

#[test]
fn measures() {
    for (script, expected) in [
        (
            "1..4 | Measure-Object -AllStats | ForEach-Object { $_.Sum,$_.Average,$_.Maximum,$_.Minimum,$_.Count }",
            "10|2.5|4|1|4",
        ),
        (
            "'a b','c',\"d`ne\" | Measure-Object -Line -Word -Character | ForEach-Object { $_.Lines,$_.Words,$_.Characters }",
            "4|5|7",
        ),
        ("'a b' | Measure-Object -Character -IgnoreWhiteSpace | ForEach-Object Characters", "2"),
        (
            "[pscustomobject]@{ab=1;ac=2;z=3} | Measure-Object a* -Sum | ForEach-Object { \"$($_.Property)=$($_.Sum)\" }",
            "ab=1|ac=2",
        ),
        ("1..3 | Measure-Object { $_ * 2 } -Maximum | ForEach-Object Maximum", "6"),
        ("'10','9' | Measure-Object -Maximum | ForEach-Object Maximum", "10"),
        ("'b','a' | Measure-Object -Maximum -Minimum | ForEach-Object { $_.Maximum + $_.Minimum }", "ba"),
        ("[pscustomobject]@{a=1} | Measure-Object b -Sum | ForEach-Object Count", ""),
        ("@() | Measure-Object -Sum | ForEach-Object { $_.Count,$_.Sum }", "0|0"),
        (
            "@() | Measure-Object -Average -Maximum | ForEach-Object { $_.Average,$_.Maximum }",
            "<null>|<null>",
        ),
    ] {
        assert_eq!(output(script).join("|"), expected, "{script}");
    }
    let seen = run("1,'x' | Measure-Object -Sum | ForEach-Object { $_.Count,$_.Sum }");
    assert_eq!(
        (seen.errors, seen.output),
        (vec!["NonNumericInputObject".into()], vec!["2".into(), "<null>".into()])
    );
}

#[test]
fn items_once_and_twice() {
    assert_eq!(output("'a','A','a' | Get-Unique; 1,1,2 | Get-Unique"), ["a", "A", "a", "1", "2"]);
    assert_eq!(output("1,'a','b' | Get-Unique -OnType"), ["1", "a"]);
    let script = "1,2 | Tee-Object -Variable v | Measure-Object -Sum | ForEach-Object Sum; $v.Count; 3 | Tee-Object -Variable v -Append | Out-Null; $v -join ''; \
        1,2 | Tee-Object t.txt | Out-Null; Get-Content t.txt";
    assert_eq!(output(script), ["3", "2", "123", "1", "2"]);
}

#[test]
fn chance_keeps_its_bounds() {
    let script = "1..200 | ForEach-Object { Get-Random -Minimum 3 -Maximum 6 } | Sort-Object -Unique; \
        (1..50 | Get-Random -Count 60).Count; (1..9 | Get-Random -Shuffle | Sort-Object) -join ''; \
        (Get-Random -SetSeed 7) -eq (Get-Random -SetSeed 7); (New-Guid) -eq (New-Guid); (New-Guid).ToString()[14]";
    assert_eq!(output(script), ["3", "4", "5", "50", "123456789", "True", "False", "4"]);
    assert_eq!(error("Get-Random -Minimum 2 -Maximum 2"), "MinGreaterThanOrEqualMax");
}
