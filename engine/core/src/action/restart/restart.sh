# Ends without success: WHY
stop() {
  printf '%s\n' "$v"
  printf '%s\n' "$1" >&2
  exit 1
}
# Reads what systemd says of the unit.
ask() {
  said=$(timeout -k 2 10 sheltie systemctl show \
    --property=LoadState,ActiveState,SubState,InvocationID -- "$unit" 2>&1 </dev/null) || {
    printf 'systemd does not answer: %s\n' "$said" >&2
    exit 1
  }
  load=$(property LoadState) state=$(property ActiveState) sub=$(property SubState)
  start=$(property InvocationID)
  v="$state ${start:--}"
}
property() { printf '%s\n' "$said" | sed -n "s/^$1=//p"; }
# Prints STATE START of a service that can be restarted. One that was stopped on purpose, or that is
# just starting, is left alone; so is what has done its work once.
stands() {
  ask
  case $load:$state:$sub in
  loaded:active:running | loaded:failed:*) printf '%s\n' "$v" ;;
  not-found:*) echo "the host has no $unit" >&2 && exit 1 ;;
  *) echo "$unit is $state ($sub): only a service that runs or has failed is restarted" >&2 && exit 1 ;;
  esac
}
# Restarts it, if it has not been started since: FROM SECONDS
restart() {
  v=$(stands) || exit 1
  [ "$v" = "$1" ] || {
    printf '%s\n' "$v"
    echo 'it was started anew in the meantime' >&2
    exit 65
  }
  old=${v##* }
  # Who waits for systemd could wait for as long as the unit likes.
  said=$(sheltie systemctl restart --no-block -- "$unit" 2>&1 </dev/null) || stop "systemd refuses: $said"
  ends=$(($(cut -d . -f 1 /proc/uptime) + $2))
  until
    ask
    [ "$start" != "$old" ] && [ "$state:$sub" = active:running ]
  do
    [ "$state" != failed ] || [ "$start" = "$old" ] || stop 'it has failed'
    [ "$(cut -d . -f 1 /proc/uptime)" -lt "$ends" ] || stop "it is $state ($sub) $2 s after the restart"
    sleep 1
  done
  # One that ends at once runs for a moment, too.
  new=$start
  sleep 1
  ask
  [ "$v" = "active $new" ] || stop "it did not stay: it is $state ($sub)"
  printf '%s\n' "$v"
}
