# Refuses where another value is there: STEP FROM
expect() {
  v=$(present) || quit 67
  [ "$v" = "$2" ] || { say "?$1 " "$v"; quit 65; }
}
# Leaves everything to an earlier copy of this very command.
once() {
  for f in "$h/lock/"*".$id" "$h/ended/$id/"*; do [ ! -e "$f" ] || exit 77; done
}
# Locks the node with a switch that is armed already: SECONDS SWITCH BOOT BY
secure() {
  prepare armed "$@"
  arm "$1" || { disarm "new.$id"; rm -rf "$h/new.$id"; not_armed; exit 73; }
  take
  [ ! -e "$h/ended/$id" ] || quit 72
}
not_armed() { say ':' "$(tail -n 1 "$d/said" | tr -cd '[:print:]' | head -c 160)"; }
