# Ends the lock, if nothing is carried out under it any more.
release() {
  end_cut_short
  [ ! -e "$h/lock/done.$id" ] || { turn armed kept && end; }
}
# Whether a record of the run may have been here and is not any more: room is made by removing the
# oldest ones. BEGAN says when the run began, in seconds, and another clock may have said it.
may_be_removed() {
  # shellcheck disable=SC2012
  [ "$(ls -1 "$h/ended" | wc -l)" -ge $((most / 2)) ] || return
  # shellcheck disable=SC2012
  oldest=$(stat -c %Y "$h/ended/$(ls -1t "$h/ended" | tail -n 1)") || return 0
  [ "$oldest" -ge $(($1 - 3600)) ]
}
# Prints once more what the change came to: BEGAN
recall() {
  for f in "$h/lock" "$h/ended/$id"; do
    [ -e "$f/done.$id" ] || continue
    cat "$f/why.$id" >&2 2>/dev/null
    cat "$f/done.$id"
    ! grep -q '^!' "$f/done.$id"
    exit
  done
  [ ! -e "$h/lock/armed.$id" ] || exit 78
  # Its end was never written down.
  [ ! -e "$h/ended/$id/record" ] || exit 77
  # It may still be on its way: it finds that it was given up.
  mkdir -p "$h/ended/$id" || exit 68
  [ ! -e "$h/lock/armed.$id" ] || exit 78
  ! may_be_removed "$1" || exit 79
  exit 76
}
