//! Every target holds for every input that was found so far.

use std::time::{Duration, Instant};

use postern_fuzz::{Target, corpus, target};

/// No input may take longer, in a debug build on a loaded machine; the fuzzer's own bound is narrower.
const PATIENCE: Duration = Duration::from_secs(20);

fn replay(name: &str) {
    let target: &Target = target(name).unwrap();
    let inputs = corpus::inputs(target).unwrap();
    assert!(inputs.len() > 5, "{name} has no corpus");
    for input in inputs {
        let began = Instant::now();
        (target.run)(&input);
        assert!(began.elapsed() < PATIENCE, "{name} takes {:?} for {input:?}", began.elapsed());
    }
}

macro_rules! replay {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })*

        #[test]
        fn no_target_is_forgotten() {
            let names: Vec<_> = postern_fuzz::TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}
replay!(clixml fragments client server envelope wire language);

#[test]
fn what_is_packed_is_unpacked() {
    let inputs = vec![b"one".to_vec(), Vec::new(), vec![0; 300]];
    assert_eq!(corpus::unpack(&corpus::pack(&inputs)).unwrap(), inputs);
    assert!(corpus::unpack(&[3, 0, 0, 0, 1]).is_err());
}
