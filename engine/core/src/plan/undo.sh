# Says that a step failed, and the last line that it wrote about it.
failed() {
  say '!' "$v"
  say ':' "$(tail -n 1 "$d/said" | tr -cd '[:print:]' | head -c 160)"
}
# Takes one step back, if the value is still the one that the fix has set: FROM TO
take_back() {
  if ! v=$(present 2>"$d/said"); then
    failed
  elif [ "$v" = "$2" ]; then
    say '~' "$v"
  elif [ "$v" != "$1" ]; then
    say '?' "$v"
  else
    v=$(apply 2>"$d/said")
    case $? in
    0) say '=' "$v" ;;
    65) say '?' "$v" ;;
    *) failed ;;
    esac
  fi
}
