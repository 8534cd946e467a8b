# Whether the switch may still take the change back.
on_loan() { [ -e "$h/lock/armed.$id" ]; }
# Carries out one step, and stops where it fails.
carry_out() {
  on_loan || taken_back
  v=$(apply)
  rc=$?
  case $rc:$v in
  0:* | 65:* | *: | *:"$from" | *:"$to") ;;
  *) v=$(withdraw) ;;
  esac
  if on_loan; then
    [ "$rc" = 0 ] || { say '!' "$v"; exit 1; }
    unmark
    say '=' "$v"
    return
  fi
  [ "$rc" != 0 ] || unmark
  ! hands_over || taken_back
  # The switch came in between: nothing would take this step back any more.
  (restore) >/dev/null 2>&1
  case $? in
  0 | 65) taken_back ;;
  *) exit 77 ;;
  esac
}
# The switch has been faster; what it did is told only where it has done all of it.
taken_back() {
  let_go
  wait_for_switch "$grace"
  [ -e "$h/ended/$id/undone.$id" ] || exit 77
  exit 74
}
