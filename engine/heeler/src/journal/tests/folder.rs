//! Where the journal lies and who may read it.

use std::ffi::OsString;

use super::super::JournalFault;
use super::super::StateFolder;

fn folder(variables: &[(&str, &str)]) -> Result<StateFolder, JournalFault> {
    StateFolder::from_variables(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| OsString::from(value))
    })
}

#[test]
fn the_most_particular_variable_wins() {
    let all = [
        ("HEELER_STATE_DIR", "/a"),
        ("XDG_STATE_HOME", "/b"),
        ("HOME", "/c"),
    ];
    let is = |variables: &[(&str, &str)], path: &str| {
        assert_eq!(folder(variables), Ok(StateFolder::new(path)));
    };
    is(&all, "/a");
    is(&all[1..], "/b/heeler");
    is(&all[2..], "/c/.local/state/heeler");
    is(
        &[
            ("HEELER_STATE_DIR", ""),
            ("XDG_STATE_HOME", "b"),
            ("HOME", "/c"),
        ],
        "/c/.local/state/heeler",
    );
    assert_eq!(folder(&[]), Err(JournalFault::NoPlace));
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::super::super::JournalFault;
    use super::super::{Scratch, write_run};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn folder_and_files_are_for_their_owner_alone() {
        let scratch = Scratch::new();
        let journal = scratch.journal();
        write_run(&journal, 1);
        assert_eq!(mode(&scratch.0), 0o700);
        let files: Vec<_> = fs::read_dir(&scratch.0)
            .unwrap()
            .map(|f| f.unwrap().path())
            .collect();
        assert_eq!(
            files.len(),
            3,
            "the journal, its log and its index: {files:?}"
        );
        for file in files {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }

    #[test]
    fn a_file_that_others_can_read_is_closed_again() {
        let scratch = Scratch::new();
        drop(scratch.journal());
        let file = scratch.folder().journal();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        drop(scratch.journal());
        assert_eq!(mode(&file), 0o600);
    }

    #[test]
    fn a_folder_that_others_can_write_to_is_refused() {
        let scratch = Scratch::new();
        fs::create_dir(&scratch.0).unwrap();
        fs::set_permissions(&scratch.0, Permissions::from_mode(0o777)).unwrap();
        let fault = scratch.open().unwrap_err();
        assert_eq!(
            fault,
            JournalFault::Exposed {
                path: scratch.0.clone(),
                mode: 0o777
            }
        );
        assert_eq!(
            fault.help(),
            format!("chmod go-w '{}'", scratch.0.display())
        );
        assert!(!scratch.folder().journal().exists());
    }

    #[test]
    fn a_link_in_place_of_the_file_is_refused() {
        let (scratch, elsewhere) = (Scratch::new(), Scratch::new());
        drop(elsewhere.journal());
        drop(scratch.journal());
        let file = scratch.folder().journal();
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink(elsewhere.folder().journal(), &file).unwrap();
        assert_eq!(
            scratch.open().unwrap_err(),
            JournalFault::NoFile { path: file }
        );
    }
}
