# Whether the container runs. One of a single program has no `true`: then it has at least been asked.
answers() {
  said=$(timeout -k 2 10 apiclient exec -T "$1" true </dev/null 2>&1) && return
  case $said in
  *'executable file not found'*) return 0 ;;
  *) return 1 ;;
  esac
}
# Waits until it runs, or does not: NAME WANTED SECONDS
follow() {
  ends=$(($(cut -d . -f 1 /proc/uptime) + $3))
  while :; do
    now=false
    if answers "$1"; then now=true; fi
    [ "$now" != "$2" ] || break
    [ "$(cut -d . -f 1 /proc/uptime)" -lt "$ends" ] || stop "the container has not followed within $3 s"
    sleep 1
  done
}
# Starts or stops it, if it is in the state that has to be there: NAME FROM TO SECONDS
switch() {
  v=$(enabled) || exit 1
  [ "$v" = "$2" ] || {
    printf '%s\n' "$v"
    echo 'another value is there' >&2
    exit 65
  }
  said=$(apiclient set "host-containers.$1.enabled=$3" 2>&1) || {
    v=$(enabled) || exit 1
    refused "$said"
  }
  v=$(enabled) || exit 1
  [ "$v" = "$3" ] || stop 'the setting did not take the value'
  follow "$1" "$3" "$4"
  printf '%s\n' "$v"
}
