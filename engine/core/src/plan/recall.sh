# Ends the lock, if nothing is carried out under it any more.
release() {
  end_cut_short
  [ ! -e "$h/lock/done.$id" ] || { turn armed kept && end; }
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
