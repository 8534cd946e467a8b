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
    refused "$said"
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
