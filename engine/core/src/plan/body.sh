d=$1
# What needs more may lift it. Both shells know -S, bash and dash, and POSIX does not.
eval 'ulimit -S -f 4096'
# What bounds the memory of a rung's script. apiclient reserves a stack for each CPU, which is more
# than that on a large instance.
bound='ulimit -S -v 524288 2>/dev/null
apiclient() (
  ulimit -S -v "$(ulimit -H -v)"
  exec apiclient "$@"
)
'
# A full file is an error of whoever writes; as a signal it would end the shells around it too.
trap '' XFSZ
# No record is ever seen half written: cat takes r.* only.
keep() { mv "$d/new.$1" "$d/r.$1"; }
# Tries one rung of $look, and fails if it can't answer here:
# KEY RUNG PLACE SECONDS BYTES NEEDS CONDITION SCRIPT
rung() {
  f=$d/$look.$1
  rc=69
  if eval "$7"; then
    { timeout -k 2 "$4" sh -c "$bound$8" heeler "$d" 2>"$f.err"; echo "$?" >"$f.rc"; } | head -c "$(($5 + 1))" >"$f.out" || return 0
    rc=$(cat "$f.rc")
    # It found no room: then the look has no record, rather than one that can't be read.
    [ -n "$rc" ] || return 0
  fi
  if [ "$rc" = 69 ]; then
    printf '?%s %s %s\n' "$look" "$3" "$6" >"$d/new.$look.$1" && keep "$look.$1"
    return 1
  fi
  n=$(wc -c <"$f.out")
  e=$(wc -c <"$f.err")
  cut=0
  [ "$n" -le "$5" ] || { n=$5 cut=1; }
  [ "$e" -le 160 ] || e=160
  [ "$rc" != 0 ] || e=0
  { printf '=%s %s %s %s %s %s %s %s\n' "$look" "$3" "$2" "$rc" "$4" "$n" "$e" "$cut" &&
    head -c "$n" "$f.out" && head -c "$e" "$f.err"; } >"$d/new.$look.$1" && keep "$look.$1"
  return 0
}
