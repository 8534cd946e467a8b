# Whether a record of the run may have been here and is not any more: room is made by removing the
# oldest ones. BEGAN says when the run began, in seconds, and another clock may have said it.
may_be_removed() {
  # shellcheck disable=SC2012
  [ "$(ls -1 "$h/ended" | wc -l)" -ge $((most / 2)) ] || return
  # shellcheck disable=SC2012
  oldest=$(stat -c %Y "$h/ended/$(ls -1t "$h/ended" | tail -n 1)") || return 0
  [ "$oldest" -ge $(($1 - 3600)) ]
}
