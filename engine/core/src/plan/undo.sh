# Ends the lock, if nothing is left to take back.
finish() {
  [ -z "$gone" ] || exit 74
  [ -n "$left" ] || {
    # The host's timer may have done it meanwhile.
    turn undoing undone
    end_cut_short
  }
}
# Says that a step failed, and the last line that it wrote about it.
failed() {
  left=1
  say '!' "$v"
  say ':' "$(tail -n 1 "$d/said" | tr -cd '[:print:]' | head -c 240)"
}
# Takes one step back, if the value is still the one that the fix has set: FROM TO BEFORE
take_back() {
  if ! v=$(present 2>"$d/said"); then
    failed
  elif [ -n "$gone" ]; then
    if [ "$v" = "$2" ] || [ "$v" = "$3" ]; then say '~' "$v"; else say '?' "$v"; fi
  elif [ "$v" != "$1" ] && marked; then
    in_part
  elif [ "$v" = "$2" ]; then
    # An earlier attempt may have asked for it, and not waited until it was so.
    if (holds) >/dev/null 2>"$d/said"; then say '~' "$v"; else failed; fi
  elif [ "$v" = "$3" ]; then
    say '~' "$v"
  elif [ "$v" != "$1" ]; then
    say '?' "$v"
  else
    v=$(apply 2>"$d/said")
    case $? in
    0) unmark && say '=' "$v" ;;
    65) if marked; then in_part; elif [ "$v" = "$2" ] || [ "$v" = "$3" ]; then say '~' "$v"; else say '?' "$v"; fi ;;
    *) failed ;;
    esac
  fi
}
