//! Comma-separated values.

use crate::session::{bytes, error, output, run, run_in, workspace};

#[test]
fn fields_are_quoted_as_asked() {
    let o = "[pscustomobject]@{a='x';'b b'='p,q';c='s\"t';d=\"u`nv\";e=''}";
    for (options, expected) in [
        ("", vec!["\"a\",\"b b\",\"c\",\"d\",\"e\"", "\"x\",\"p,q\",\"s\"\"t\",\"u\nv\",\"\""]),
        ("-UseQuotes AsNeeded", vec!["a,b b,c,d,e", "x,\"p,q\",\"s\"\"t\",\"u\nv\","]),
        ("-UseQuotes Never", vec!["a,b b,c,d,e", "x,p,q,s\"t,u\nv,"]),
        ("-QuoteFields A,e", vec!["\"a\",b b,c,d,\"e\"", "\"x\",p,q,s\"t,u\nv,\"\""]),
        ("-Delimiter ';' -UseQuotes AsNeeded", vec!["a;b b;c;d;e", "x;p,q;\"s\"\"t\";\"u\nv\";"]),
        ("-NoHeader", vec!["\"x\",\"p,q\",\"s\"\"t\",\"u\nv\",\"\""]),
        (
            "-IncludeTypeInformation -UseQuotes Never",
            vec!["#TYPE System.Management.Automation.PSCustomObject", "a,b b,c,d,e", "x,p,q,s\"t,u\nv,"],
        ),
    ] {
        assert_eq!(output(&format!("{o} | ConvertTo-Csv {options}")), expected, "{options}");
    }
    assert_eq!(
        error("1 | ConvertTo-Csv -UseQuotes Never -QuoteFields a"),
        "CannotSpecifyQuoteFieldsAndUseQuotes"
    );
    assert_eq!(error("1 | ConvertTo-Csv -UseCulture -Delimiter ';'"), "CannotSpecifyDelimiterAndUseCulture");
}

#[test]
fn values_are_texts_of_the_culture() {
    let script = "[pscustomobject]@{d=[datetime]'2026-01-05 14:03';n=0.1+0.2;e=[DayOfWeek]1;l=1,2;h=@{};o=[pscustomobject]@{x=1};s=[timespan]'1:00'} | ConvertTo-Csv -NoHeader -UseQuotes Never";
    assert_eq!(
        output(script),
        [
            "1/5/2026 2:03:00 PM,0.30000000000000004,Monday,System.Object[],System.Collections.Hashtable,@{x=1},01:00:00"
        ]
    );
}

#[test]
fn columns_are_those_of_the_first_object() {
    let script = "[pscustomobject]@{a=1;b=2},[pscustomobject]@{b=3;c=4} | ConvertTo-Csv -UseQuotes Never";
    assert_eq!(output(script), ["a,b", "1,2", ",3"]);
}

#[test]
fn lines_are_read_as_powershell_reads_them() {
    let show = "ForEach-Object { $_.psobject.Properties | ForEach-Object { \"$($_.Name)=[$($_.Value)]\" } }";
    for (lines, expected) in [
        ("'a,b','1,2'", vec!["a=[1]", "b=[2]"]),
        ("' a , b','  1 ,\"2\" '", vec!["a =[1 ]", "b=[2]"]),
        ("'a,b','\"x\"\"y\",\"p,q\"'", vec!["a=[x\"y]", "b=[p,q]"]),
        ("'a,b','x\"y,z\"w\"'", vec!["a=[x\"y]", "b=[z\"w\"]"]),
        ("'a,b','\"x\" tail,2'", vec!["a=[x tail]", "b=[2]"]),
        ("'a,b','1'", vec!["a=[1]", "b=[]"]),
        ("'a,b','1,2,3'", vec!["a=[1]", "b=[2]"]),
        ("'a,b','','1,2',''", vec!["a=[1]", "b=[2]"]),
        ("'a,b,,','1,2'", vec!["a=[1]", "b=[2]"]),
        ("'#x','a','1'", vec!["a=[1]"]),
        ("\"a,b`r`n1,`\"x`r`ny`\"`r`n2,3\"", vec!["a=[1]", "b=[x\r\ny]", "a=[2]", "b=[3]"]),
    ] {
        assert_eq!(output(&format!("{lines} | ConvertFrom-Csv | {show}")), expected, "{lines}");
    }
    let seen = run("'a,,c','1,2,3' | ConvertFrom-Csv | ForEach-Object H1");
    assert_eq!((seen.output, seen.warnings.len()), (vec!["2".to_owned()], 1));
    assert_eq!(error("'a,A','1,2' | ConvertFrom-Csv"), "AlreadyPresentPSMemberInfoInternalCollectionAdd");
}

#[test]
fn files_go_there_and_back() {
    let files = workspace();
    let seen = run_in(
        &files,
        "1..3 | ForEach-Object { [pscustomobject]@{Id=$_;Name=\"Mü`\"ll,er $_\"} } | Export-Csv a.csv -Encoding utf8BOM; \
         [pscustomobject]@{Name='x';Id=4} | Export-Csv a.csv -Append; (Import-Csv a.csv).Count; (Import-Csv a.csv)[1].Name; (Import-Csv a.csv)[3].Id",
    );
    assert_eq!((seen.output, seen.errors), (vec!["4".into(), "Mü\"ll,er 2".into(), "4".into()], vec![]));
    let content = bytes(&files, "a.csv");
    assert!(content.starts_with(b"\xEF\xBB\xBF\"Id\",\"Name\"\n"), "{content:?}");
    assert!(content.ends_with(b"\"4\",\"x\"\n"));
    let script = "[pscustomobject]@{Other=1} | Export-Csv a.csv -Append";
    assert_eq!(run_in(&files, script).errors, ["CannotAppendCsvWithMismatchedPropertyNames"]);
    assert_eq!(bytes(&files, "a.csv"), content, "nothing was written");
    let script =
        "[pscustomobject]@{Other=1;Id=5} | Export-Csv a.csv -Append -Force; (Import-Csv a.csv)[4].Id";
    assert_eq!(run_in(&files, script).output, ["5"]);
    assert_eq!(run_in(&files, "1 | Export-Csv a.csv -NoClobber").errors, ["NoClobber"]);
    assert_eq!(output("@() | Export-Csv e.csv; (Get-Item e.csv).Length"), ["0"]);
    assert_eq!(output("'1;2' | Set-Content a; (Import-Csv a -Delimiter ';' -Header x,y).y"), ["2"]);
    assert_eq!(
        output("'a','1' | Set-Content b.csv; Get-ChildItem *.csv | Import-Csv | ForEach-Object a"),
        ["1"]
    );
}

#[test]
fn a_hundred_thousand_rows_are_no_matter() {
    let script = "$f = 1..100 | ForEach-Object { [pscustomobject]@{Id=$_;Name=\"Name $_\";Mail=\"n$_@example.com\"} }; \
        1..1000 | ForEach-Object { $f } | Export-Csv a.csv; (Import-Csv a.csv | Measure-Object).Count";
    assert_eq!(output(script), ["100000"]);
}
