# Whoever takes a change back holds its lock, or one of its own:
# OWN SECONDS SWITCH BOOT BY
claim() {
  end_cut_short
  turn armed undoing && return
  wait_for_switch 5
  by_another
  [ -z "$gone" ] || return 0
  # A switch that was cut short; or a change that was kept just now.
  if [ -e "$h/lock/undoing.$id" ] || turn kept undoing; then return; fi
  # The change itself may still be on its way: it finds that it was given up.
  mkdir -p "$h/ended/$id" || exit 68
  turn armed undoing && return
  # What never began is no change of this run, whatever the values are: they may be another run's.
  [ "$1" != "$id" ] || exit 76
  [ -n "$known" ] || [ -e "$h/ended/$id/record" ] || {
    ! may_be_removed "$began" || exit 79
    exit 76
  }
  id=$1
  shift
  # An earlier attempt of the same run, of which the answer was lost.
  [ ! -e "$h/lock/undoing.$id" ] || return 0
  rm -rf "$h/ended/$id"
  prepare undoing "$@"
  take
}
# Tells what somebody else has made of the change. What the switch has taken back is looked at only: it
# leaves what is neither the old nor the new value.
by_another() {
  [ ! -e "$h/ended/$id/undone.$id" ] || gone=1
  [ ! -e "$h/ended/$id/lost.$id" ] || exit 66
}
