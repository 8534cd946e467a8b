# Asks the host to go down, once: who wants to end the lock has to claim the same file. The answer to
# it is mostly lost with the node, and the boot id tells what came of it. BOOT UPTIME
go_down() {
  is_boot "$1" || exit 66
  is_up_for "$2" || exit 70
  # The agent may run a command twice.
  turn armed undoing || { [ ! -e "$h/lock/undoing.$id" ] || exit 77; exit 75; }
  true >"$h/lock/asked.$id"
  timeout 5 sync "$h/lock/asked.$id" "$h/lock" || :
  say '=' asked
  (apply) >"$d/said" 2>&1 && return
  say ':' "$(tail -n 1 "$d/said" | tr -cd '[:print:]' | head -c 160)"
  exit 1
}
# Ends the lock, unless the node may be about to go down; whatever of the reboot is still on its way
# finds that it is not wanted. BOOT
let_go() {
  is_boot "$1" || { [ ! -e "$h/lock/undoing.$id" ] || true >"$h/lock/asked.$id"; turn undoing kept; }
  end_cut_short
  turn armed kept && end
  mkdir -p "$h/ended/$id" || exit 68
  stands
}
# Says whether the host was asked to go down; who has claimed that may be about to.
stands() {
  for f in "$h/lock" "$h/ended/$id"; do
    for state in asked undoing; do
      [ ! -e "$f/$state.$id" ] || { say '=' asked; return; }
    done
  done
  say '=' idle
}
