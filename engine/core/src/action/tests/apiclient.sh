# What `apiclient` of the core kit does with settings, over the files in the folder $home.
fail() { echo "$1" >&2; exit 1; }
patch_fails() {
  tx=apiclient-set-Zm9vYmFyYmF6cXV4
  fail "Failed to change settings: Failed PATCH request to '/settings?tx=$tx': Status $1 when PATCHing /settings?tx=$tx: $2"
}
# Later, behind the client's back.
apply() {
  [ -e "$home/slow" ] && sleep 0.6
  jq -r '.kernel.sysctl // {} | to_entries[] | "\(.key) \(.value)"' "$home/settings" | while read -r key value; do
    file=$home/sys/$(echo "$key" | tr . /)
    # What the kernel does not have is ignored.
    if [ -e "$file" ] && [ ! -e "$home/stubborn" ]; then printf '%s\n' "$value" | tr ' ' '\t' >"$file"; fi
  done
  [ -e "$home/pulling" ] && return
  for name in $(jq -r '."host-containers" // {} | keys[]' "$home/settings"); do
    if [ "$(jq --arg name "$name" '."host-containers"[$name].enabled' "$home/settings")" = true ]; then
      touch "$home/runs.$name"
    else
      rm -f "$home/runs.$name"
    fi
  done
}
set_json() {
  [ ! -e "$home/locked" ] || patch_fails 500 "Failed to write to '/var/lib/bottlerocket/datastore': Required key not available (os error 126)"
  jq -e '[.kernel.sysctl // {} | .[] | type == "string" or . == null] | all' <<END >/dev/null || patch_fails 400 'Json deserialize error: invalid type: integer `262144`, expected a string'
$1
END
  changed=$(printf '%s' "$1" | jq -c '[paths(type != "object" and . != null) | join(".")]')
  [ "$changed" != '[]' ] || patch_fails 422 'Tried to commit with no pending changes'
  merged=$(jq -c --argjson new "$1" '. * $new' "$home/settings") || exit 2
  [ -e "$home/deaf" ] || printf '%s\n' "$merged" >"$home/settings"
  # Equal or not.
  echo "$changed" >>"$home/restarts"
  # With `exec`: what a shell keeps of a redirected function's streams would keep the caller waiting.
  (exec >/dev/null 2>&1; apply) &
}
case $1 in
get)
  jq --arg prefix "$2" '{settings: .} as $all | reduce ($all | paths(type != "object" and . != null) | select(join(".") | startswith($prefix))) as $path ({}; setpath($path; $all | getpath($path)))' "$home/settings"
  ;;
raw)
  [ ! -e "$home/down" ] || fail 'Failed to send request: error trying to connect'
  echo "$3" >>"$home/asked"
  cat "$home/services"
  ;;
set)
  case $2 in
  --json) set_json "$3" ;;
  *)
    # Tried as a boolean and a number, else it is text.
    value=${2#*=}
    jq -en --argjson value "$value" 'true' >/dev/null 2>&1 || value="\"$value\""
    set_json "$(jq -cn --arg key "${2%%=*}" --argjson value "$value" '{} | setpath($key / "."; $value)')"
    ;;
  esac
  ;;
exec)
  [ -e "$home/runs.$3" ] || { echo 'ctr: no running task found: task admin not found: not found'; exit 1; }
  [ ! -e "$home/one-program" ] || { echo 'ctr: OCI runtime exec failed: exec failed: unable to start container process: exec: "true": executable file not found in $PATH: unknown'; exit 1; }
  ;;
esac
