# A change locks its node: a folder is renamed into place, and what would take the change back is
# in it already, so that there is no lock without its record. $h says where, $id whose.
#   armed.ID    the switch may take the change back
#   undoing.ID  somebody does: each claims it by renaming this one file
#   kept.ID     it stays      undone.ID  it was taken back      lost.ID  a restart undid it
#   over.ID     its time is over, and nothing can take it back
# What else a switch needs is beside that: see host.rs and token.sh.
# A lock in one of the last four states has ended, and is moved to ended/ID. An empty folder there
# says that the change was given up.

# So many records of what has ended are kept.
most=64
# Makes what will be the lock: STATE SECONDS SWITCH BOOT BY
prepare() {
  # Later than this the switch counts as lost: it has to claim the change, and to carry it out.
  until=$(($(cut -d . -f 1 /proc/uptime) + $2 + ${grace:?}))
  # shellcheck disable=SC2012
  ls -1t "$h/ended" 2>/dev/null | tail -n +$((most + 1)) | while read -r old; do rm -rf "$h/ended/$old"; done
  mkdir -p "$h/ended" && rm -rf "$h/new.$id" && mkdir "$h/new.$id" &&
    printf '%s %s %s %s %s\n' "$id" "$3" "$4" "$until" "$5" >"$h/new.$id/record" &&
    print_undo >"$h/new.$id/undo.$id" &&
    furnish "$h/new.$id" && true >"$h/new.$id/$1.$id" && return
  rm -rf "$h/new.$id"
  exit 68
}
# Prints the lock that is there: STATE and its record.
held() {
  for state in undoing kept undone lost over armed; do
    for f in "$h/lock/$state".*; do
      [ -e "$f" ] && printf '%s %s' "$state" "$(head -n 1 "$h/lock/record")" && return
    done
  done
}
# Takes the lock, or says who has it.
take() {
  # A crash must not leave the change without its record.
  timeout 5 sync "$h/new.$id/record" "$h/new.$id/undo.$id" "$h/new.$id" || :
  # One that ends just now says nothing any more.
  for _ in 1 2 3 4 5; do
    mv -T "$h/new.$id" "$h/lock" 2>/dev/null && { timeout 5 sync "$h" || :; } && return
    holder=$(held)
    [ -z "$holder" ] || break
    sleep 0.2
  done
  disarm "new.$id"
  rm -rf "$h/new.$id"
  say '%' "$holder"
  exit 71
}
# Renames the state, which only one can do: FROM TO
turn() { mv -T "$h/lock/$1.$id" "$h/lock/$2.$id" 2>/dev/null; }
# Ends the lock; a switch that is still to come finds nothing.
end() { mv -T "$h/lock" "$h/ended/$id" && disarm "ended/$id"; }
# Refuses before anything was changed: EXIT
quit() {
  # Else the switch has been faster, and ends the lock.
  if turn armed undoing; then
    disarm lock
    mv -T "$h/lock" "$h/new.$id" && rm -rf "$h/new.$id"
  fi
  exit "$1"
}
# Ends a lock of which the end was cut short.
end_cut_short() {
  for state in kept undone lost over; do
    [ ! -e "$h/lock/$state.$id" ] || end
  done
}
# Waits for a switch that is at it, and ends a lock that it has not come to end yet: SECONDS
wait_for_switch() {
  n=0
  while [ -e "$h/lock/undoing.$id" ] && [ "$n" -lt $(($1 * 10)) ]; do
    sleep 0.1
    n=$((n + 1))
  done
  end_cut_short
}
# A restart has undone it: what stands now was never set by this change.
restarted() {
  for state in armed undoing kept; do
    turn "$state" lost && end
  done
  exit 66
}
