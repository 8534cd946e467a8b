# Asks the host to go down, once: who wants to end the lock has to claim the same file. The answer to
# it is mostly lost with the node, and the boot id tells what came of it. BOOT UPTIME
go_down() {
  is_boot "$1" || exit 66
  is_up_for "$2" || exit 70
  turn armed undoing || exit 75
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
  is_boot "$1" || turn undoing kept
  end_cut_short
  turn armed kept && end
  mkdir -p "$h/ended/$id" || exit 68
  stands
}
# Says whether the host was asked to go down.
stands() {
  for f in "$h/lock" "$h/ended/$id"; do
    [ ! -e "$f/asked.$id" ] || { say '=' asked; return; }
  done
  say '=' idle
}
