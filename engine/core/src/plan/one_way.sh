# Nothing takes a step back, so its end is written down before it is told: whoever loses the answer
# can ask for it again.
begun=
carry_out() {
  # Its time is over, and the node may be somebody else's.
  [ -e "$h/lock/armed.$id" ] || exit 77
  v=$(apply 2>"$d/said")
  rc=$?
  cat "$d/said" >&2
  if [ "$rc" = 0 ]; then
    note '=' "$v"
    return
  fi
  # Another value is there by now, and no step was carried out yet.
  if [ "$rc" = 65 ] && [ -z "$begun" ]; then
    say '?1 ' "$v"
    quit 65
  fi
  [ ! -e "$h/lock/armed.$id" ] || tail -n 1 "$d/said" >"$h/lock/why.$id"
  note '!' "$v"
  carried_out
  exit 1
}
alone() { "$@"; }
note() {
  begun=1
  [ ! -e "$h/lock/armed.$id" ] || say "$@" >>"$h/lock/course.$id"
  say "$@"
}
# Says that nothing more is carried out.
carried_out() { mv -T "$h/lock/course.$id" "$h/lock/done.$id" 2>/dev/null || :; }
