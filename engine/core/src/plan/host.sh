# The switch is a timer of the host's systemd. The host has no shell, and what it may run there is
# its own: the unit's commands come one after the other, each only where those before succeeded.
host_run() { sheltie systemd-run --quiet --collect "$@" >"$d/said" 2>&1 </dev/null; }
# Prints what takes the change back without its timer.
print_undo() {
  print_fits
  printf %s "exec sheltie systemd-run --quiet --collect --unit=heeler-$id-late --on-boot=1s --timer-property=AccuracySec=100ms"
  take_back_on_host quoted
}
quoted() { for word; do printf " '%s'" "$word"; done; }
# Sets the timer: SECONDS
arm() {
  # Counted from the boot: a count from now would start anew with every daemon-reload.
  at=$(($(cut -d . -f 1 /proc/uptime) + 1 + $1))
  take_back_on_host host_run --unit="heeler-$id" --on-boot="${at}s" --timer-property=AccuracySec=1s && is_armed
}
is_armed() {
  [ "$(sheltie systemctl is-active "heeler-$id.timer" 2>>"$d/said" </dev/null)" = active ] && return
  echo 'its timer is not active' >>"$d/said"
  return 1
}
# What it sets is set at once, and seen: whoever takes it back does no harm beside somebody else.
seize() { :; }
let_go() { :; }
hands_over() { false; }
marked() { false; }
unmark() { :; }
disarm() { sheltie systemctl stop "heeler-$id.timer" >/dev/null 2>&1 </dev/null || :; }
# Has the host do all that the switch will do, with the values that are there, at a time that has
# passed: what it may not do here is known before anything is changed.
rehearse() {
  true >"$h/lock/rehearsal.$id" && rehearse_on_host host_run --unit="heeler-$id-rehearsal" \
    --on-boot=1s --timer-property=AccuracySec=100ms || return 1
  n=0
  until [ -e "$h/lock/rehearsed.$id" ]; do
    n=$((n + 1))
    [ "$n" -lt 40 ] || { echo 'the host did not rehearse it' >"$d/said"; return 1; }
    sleep 0.1
  done
}
