//! The wrong builds of `tests/sabotage` stay patches of the code as it is; `tests/sabotage/run.sh` shows that each is caught.

use std::path::Path;
use std::process::Command;

#[test]
fn every_patch_applies_to_the_code_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut patches = 0;
    for entry in std::fs::read_dir(root.join("tests/sabotage"))
        .expect("a folder")
        .filter_map(Result::ok)
    {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "patch") {
            let output = Command::new("git")
                .args(["apply", "--check"])
                .arg(&path)
                .current_dir(root)
                .output()
                .expect("git");
            assert!(
                output.status.success(),
                "{}: {}",
                path.display(),
                String::from_utf8_lossy(&output.stderr)
            );
            patches += 1;
        }
    }
    assert_eq!(patches, 6);
}
