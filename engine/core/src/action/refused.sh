# Ends without success: WHY
stop() {
  printf '%s\n' "$v"
  printf '%s\n' "$1" >&2
  exit 1
}
# Ends because nothing could be set: WHAT-APICLIENT-SAYS
refused() {
  # The kernel has no key to the files of a data store that is locked.
  case $1 in
  *'Required key not available'* | *'os error 126'*)
    stop "the node's settings are locked: none can be changed any more"
    ;;
  esac
  # Before that it only repeats the request.
  stop "refused: $(printf '%s' "${1##*tx=apiclient-set-????????????????: }" | tr '\n' ' ')"
}
