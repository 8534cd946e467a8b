# The time of a lock is over: it ends, and what was done under it stays.
h=${0%/lock/*}
mv -T "$h/lock/armed.$id" "$h/lock/over.$id" 2>/dev/null
for state in kept over; do
  [ ! -e "$h/lock/$state.$id" ] || mv -T "$h/lock" "$h/ended/$id"
done
