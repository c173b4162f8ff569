//! Network file systems, on which locks may not exclude and a shared memory file is not shared: a risk for a ledger.

use std::fs;
use std::path::Path;

/// The kinds of file system whose files lie on another machine.
///
/// Source: <https://www.sqlite.org/wal.html>, "All processes using a database must be on the same host computer".
const NETWORK: [&str; 14] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "fuse.glusterfs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.sshfs",
    "gpfs",
    "lustre",
    "nfs",
    "nfs4",
    "smb3",
];

/// Returns the kind of the network file system on which a path lies; `None` on a local one, and where the system does not
/// tell (Linux only).
pub fn network_mount(path: &Path) -> Option<String> {
    let path = fs::canonicalize(path).ok()?;
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    kind_of(&path, &mounts).filter(|kind| NETWORK.contains(&kind.as_str()))
}

/// Returns the kind of the innermost mount above a path; of two on one folder, the later one hides the earlier.
fn kind_of(path: &Path, mounts: &str) -> Option<String> {
    mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            Some((unescaped(words.next()?), words.next()?))
        })
        .filter(|(folder, _)| path.starts_with(folder))
        .max_by_key(|(folder, _)| Path::new(folder).components().count())
        .map(|(_, kind)| kind.to_owned())
}

/// Spaces stand as `\040` in the list.
fn unescaped(folder: &str) -> String {
    folder.replace("\\040", " ").replace("\\011", "\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_mount_counts() {
        let mounts = "/dev/sda / ext4 rw 0 0\nhost:/x /home nfs4 rw 0 0\ntmpfs /home/a\\040b tmpfs rw 0 0\n\
                      x /home/c tmpfs rw 0 0\ny /home/c fuse.sshfs rw 0 0\n";
        for (path, expected) in [
            ("/etc/x", "ext4"),
            ("/home/x/.pw/ledger.db", "nfs4"),
            ("/homely", "ext4"),
            ("/home/a b/ledger.db", "tmpfs"),
            ("/home/c/ledger.db", "fuse.sshfs"),
        ] {
            assert_eq!(
                kind_of(Path::new(path), mounts).as_deref(),
                Some(expected),
                "{path}"
            );
        }
        assert_eq!(kind_of(Path::new("/x"), "nonsense\n"), None);
    }
}
