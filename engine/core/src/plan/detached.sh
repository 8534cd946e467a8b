# The switch is a job of its own process group in the control container: SSM kills the group of a
# command, and waits for whoever holds its streams.
arm() {
  bash -c 'set -m
    (sleep "$1"; exec sh "$2/lock/undo.$3") </dev/null >/dev/null 2>&1 &
    echo "$!" >"$2/new.$3/job.$3"' heeler "$1" "$h" "$id" 2>"$d/said" && [ -s "$h/new.$id/job.$id" ]
}
# Whether the job waits, by its record in: FOLDER
waits() {
  job=$(cat "$h/$1/job.$id" 2>/dev/null) || return 1
  # The number may be somebody else's by now.
  tr '\0' ' ' <"/proc/$job/cmdline" 2>/dev/null | grep -q " $id \$"
}
is_armed() { waits lock || { echo 'its job has ended' >"$d/said"; return 1; }; }
# Ends the job that waits, by its record in: FOLDER
disarm() { ! waits "$1" || kill -- "-$job" 2>/dev/null || :; }
rehearse() { :; }
