set -f
at= unit= directory=/ out=/dev/null
conditions=() before=() after=()
while [ $# -gt 0 ]; do
  case $1 in
  --quiet | --collect | --timer-property=AccuracySec=1s | --timer-property=AccuracySec=100ms) ;;
  --unit=*) unit=${1#*=} ;;
  --on-boot=*) at=${1#*=} ;;
  -p)
    shift
    case $1 in
    Type=oneshot) ;;
    WorkingDirectory=-*) directory=${1#*=-} ;;
    StandardOutput=append:*) out=${1#*append:} ;;
    ExecCondition=*) conditions+=("${1#*=}") ;;
    ExecStartPre=*) before+=("${1#*=}") ;;
    ExecStartPost=*) after+=("${1#*=}") ;;
    *) echo "Unknown assignment: $1" >&2; exit 1 ;;
    esac
    ;;
  --) shift; break ;;
  *) echo "unrecognized option '$1'" >&2; exit 1 ;;
  esac
  shift
done
[ ! -e "$folder/no-systemd" ] || { echo 'Access denied' >&2; exit 1; }
# One command of the unit; the host's programs are those of the stand-in.
run() {
  command=${1#-}
  command=${command/#\/usr\/sbin\//}
  eval "$command" >>"$out"
  local status=$?
  [ "$status" = 0 ] || [[ $1 == -* ]]
}
unit() {
  cd "$directory" 2>/dev/null || cd /
  : 2>/dev/null >>"$out" || exit
  for c in "${conditions[@]}"; do run "$c" || exit; done
  for c in "${before[@]}"; do run "$c" || exit; done
  words=()
  for w; do words+=("${w/#\/usr\/sbin\//}"); done
  "${words[@]}" >>"$out" || exit
  for c in "${after[@]}"; do run "$c" || exit; done
}
exec </dev/null >/dev/null 2>&1
if [ "$at" = 1s ]; then
  [ -e "$folder/not-here" ] || unit "$@" &
else
  read -r up _ </proc/uptime
  wait=$((${at%s} - ${up%%.*}))
  [ "$wait" -gt 0 ] || wait=0
  (
    # Killing it must not leave the sleep behind.
    trap 'kill "$sleeping"; exit' TERM
    /bin/sleep "$wait" &
    sleeping=$!
    wait "$sleeping"
    rm "$folder/timer.$unit"
    unit "$@"
  ) &
  echo "$!" >"$folder/timer.$unit"
fi
