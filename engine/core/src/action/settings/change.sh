# Ends without success: WHY
stop() {
  printf '%s\n' "$v"
  printf '%s\n' "$1" >&2
  exit 1
}
# Sets a document over the value that has to be there: FROM DOCUMENT
replace() {
  v=$(held) || exit 1
  [ "$v" = "$1" ] || {
    printf '%s\n' "$v"
    echo 'another value is there' >&2
    exit 65
  }
  if ! said=$(apiclient set --json "$2" 2>&1); then
    v=$(held) || exit 1
    # The kernel has no key to the files of a data store that is locked.
    case $said in
    *'Required key not available'* | *'os error 126'*)
      stop "the node's settings are locked: none can be changed any more"
      ;;
    esac
    # Before that it only repeats the request.
    stop "refused: $(printf '%s' "${said##*tx=apiclient-set-????????????????: }" | tr '\n' ' ')"
  fi
}
# Reads the value back: TO
is_set() {
  v=$(held) || exit 1
  [ "$v" = "$1" ] || stop 'the setting did not take the value'
}
# Waits until the kernel has a value; 8 s are for all of them together: PATH VALUE
left=8
applied() {
  until [ "$(tr '\t' ' ' <"$1")" = "$2" ]; do
    [ "$left" -gt 0 ] || stop "the setting is there, and $1 still has another value"
    left=$((left - 1))
    sleep 1
  done
}
