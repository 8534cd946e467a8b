//! Which programs each place of a Bottlerocket node holds: data only.
//!
//! Sources: the Dockerfiles of bottlerocket-control-container and bottlerocket-admin-container, and
//! the package list of bottlerocket-core-kit `packages/release/release.spec`. A program that the
//! sources do not promise is left out, so that a script that leans on it fails here first.

/// GNU coreutils, which every place has.
pub(super) const COREUTILS: &str = "[ arch b2sum base32 base64 basename basenc cat chcon chgrp chmod chown chroot cksum \
    comm cp csplit cut date dd df dir dircolors dirname du echo env expand expr factor false fmt fold groups head hostid \
    id install join link ln logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk \
    pinky pr printenv printf ptx pwd readlink realpath rm rmdir runcon seq sha1sum sha224sum sha256sum sha384sum \
    sha512sum shred shuf sleep sort split stat stty sum sync tac tail tee test timeout touch tr true truncate tsort tty \
    uname unexpand uniq unlink users vdir wc who whoami yes";

/// The control container beyond coreutils: no gzip (a choice of the test), tar, find, ps, sysctl, dmesg or nsenter.
pub(super) const CONTROL: &str = "bash stdbuf grep egrep fgrep sed gawk curl jq script lscpu";

/// The admin container beyond coreutils. `dmesg`, `sheltie` and `/opt/bin/bash` come separately.
pub(super) const ADMIN: &str = "bash stdbuf grep egrep fgrep sed gawk curl jq openssl sudo \
    sysctl ps free top uptime vmstat pgrep pkill pidof pmap pwdx slabtop tload w watch kill \
    nsenter lsblk findmnt lscpu unshare mount umount more flock setsid script column hexdump getopt rev mountpoint \
    taskset prlimit lsns lsfd ipcs blkid losetup logger journalctl systemctl";

/// The host beyond coreutils: no shell, awk, sed, curl, jq, tar or gzip. What [`OWN_ON_HOST`] names and `sh` come separately.
pub(super) const HOST: &str = "grep find xargs \
    findmnt lsblk lscpu lsns lsfd losetup blkid mount umount nsenter unshare more flock prlimit taskset swapon kill \
    free pgrep pidof pkill pmap ps uptime vmstat w sysctl \
    journalctl busctl loginctl networkctl resolvectl systemd-analyze systemd-cgls systemd-cgtop \
    systemd-cat systemd-inhibit udevadm \
    ip ss nstat tc bridge conntrack nft \
    iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore \
    lsmod modinfo modprobe lspci keyctl";

/// The lab's own programs: place in the image, and the links that lead to the lab's binary there.
pub(super) const OWN_IN_CONTROL: &[&str] = &["usr/local/bin/apiclient"];
/// See [`OWN_IN_CONTROL`].
pub(super) const OWN_IN_ADMIN: &[&str] = &["usr/local/bin/apiclient", "usr/bin/dmesg"];
/// See [`OWN_IN_CONTROL`].
pub(super) const OWN_ON_HOST: &[&str] = &[
    "usr/bin/apiclient",
    "usr/bin/dmesg",
    "usr/bin/ethtool",
    "usr/bin/systemctl",
    "usr/bin/systemd-run",
];
