# Whoever carries something out under a lock has its token, a file that only one can rename:
# busy.ID.WHO. Those processes have it, NUMBER-START each, for as long as one of them lives: a
# number may be somebody else's by now, and with its start it never is.
began() { sed -n 's/.*) [^XZ] //p' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 19; }
me=$$-$(began $$)
# Whether one of them lives: WHO
lives() {
  for one in $(printf %s "$1" | tr . ' '); do
    [ "$(began "${one%-*}")" != "${one#*-}" ] || return 0
  done
  return 1
}
# Takes the token of a lock, unless that ends meanwhile; gives up where somebody else still has it
# after: SECONDS
seize() {
  ends=$(($(cut -d . -f 1 /proc/uptime) + $1))
  while [ -e "$h/lock/undo.$id" ]; do
    for f in "$h/lock/busy.$id."*; do
      [ -e "$f" ] || continue
      [ "$f" != "$h/lock/busy.$id.$me" ] || return 0
      lives "${f##*/busy."$id".}" || ! mv -T "$f" "$h/lock/busy.$id.$me" 2>/dev/null || return 0
    done
    is_up_for "$ends" || exit 71
    sleep 0.2
  done
  return 1
}
let_go() { mv -T "$h/lock/busy.$id.$me" "$h/lock/busy.$id.free" 2>/dev/null || :; }
# Whoever came in between waits for the token, and takes the step back that it finds then.
hands_over() { :; }
# Runs what may do more than can be seen. It can outlive the shell that waits for it, so it has the
# token, too; and the mark says that it has begun, until its step has ended well: COMMAND
alone() {
  f=$h/lock/begun.$mark.$id
  true >"$f" || return
  timeout 5 sync "$f" "$h/lock" || :
  sh -c 'f=$1
    shift
    mv -T "$f" "$f.$$-$(sed "s/.*) . //" "/proc/$$/stat" | cut -d " " -f 19)" && exec "$@"' \
    heeler "$h/lock/busy.$id.$me" "$@"
  ended=$?
  mv -T "$h/lock/busy.$id.$me".* "$h/lock/busy.$id.$me" 2>/dev/null
  return "$ended"
}
# Whether the step may have been carried out in part.
marked() { [ -n "$mark" ] && [ -e "$h/lock/begun.$mark.$id" ]; }
unmark() { ! marked || rm "$h/lock/begun.$mark.$id"; }
# Leaves a step to a person: whether all of it is taken back can't be seen.
in_part() {
  echo "nobody saw the script end well; it may have done a part: see to that, then rm $h/lock/begun.$mark.$id" >"$d/said"
  failed
}
