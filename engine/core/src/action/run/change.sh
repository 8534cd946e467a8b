# Prints what the runbook's own script says is there, on one line.
now() {
  v=$(timeout -k 2 10 sh -c "$own_present" </dev/null) || {
    echo 'what is there can not be told: the script `present` has failed' >&2
    exit 1
  }
  v=$(printf %s "$v" | tr '\n' ' ')
}
# Runs a script of the runbook's own, if the value is there that has to be: FROM TO SCRIPT
carry() {
  now
  [ "$v" = "$1" ] || {
    printf '%s\n' "$v"
    echo 'another value is there' >&2
    exit 65
  }
  alone timeout -k 2 60 sh -c "$3" </dev/null >/dev/null
  ended=$?
  now
  printf '%s\n' "$v"
  [ "$ended" = 0 ] || {
    echo "the script ended with $ended" >&2
    exit 1
  }
  [ "$v" = "$2" ] || {
    echo 'the script has ended well, and it did not come to that' >&2
    exit 1
  }
}
