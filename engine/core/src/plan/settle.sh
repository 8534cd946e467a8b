# Ends a lock whose switch is gone: a restart forgot it, or its time has passed. BOOT UNTIL SWITCH
settle() {
  # It may have ended by now.
  [ -e "$h/lock/undo.$id" ] || { settled; exit; }
  end_cut_short
  [ -e "$h/lock/undo.$id" ] || { settled; exit; }
  if is_boot "$1"; then
    ! is_up_for "$2" || exit 71
  elif [ "$3" = host ]; then
    # The kernel has its boot values again.
    for state in armed undoing; do
      turn "$state" lost && end
    done
  fi
  # Cut short: once more. A switch goes on where another was cut short, or waits for it.
  [ -n "$3" ] || turn undoing armed
  sh "$h/lock/undo.$id" >"$d/said" 2>&1 </dev/null
  # The host takes a moment.
  n=0
  while [ -e "$h/lock/undo.$id" ] && [ "$n" -lt 40 ]; do
    sleep 0.1
    n=$((n + 1))
  done
  disarm "ended/$id"
  settled
}
settled() {
  for state in undone kept lost over; do
    [ ! -e "$h/ended/$id/$state.$id" ] || say '=' "$state"
  done
  [ ! -e "$h/lock/undo.$id" ] || say '!' "$(why | tr -cd '[:print:]' | head -c 240)"
}
# Prints the last reason that a step gave, else whatever was said last.
why() {
  if grep -q '^:' "$d/said"; then sed -n 's/^://p' "$d/said"; else cat "$d/said"; fi | tail -n 1
}
