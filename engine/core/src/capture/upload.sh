# Hands one file to whoever was named in the secret: $at begins the lines that are for this one, each of them
# curl's. Nothing of them stands on a command line, and nothing that curl says is handed on but numbers.
gone=/tmp/heeler-no-uploads-$id
f=/.bottlerocket/support/heeler/$id/$name
[ -r "$f" ] || { echo '0 26 -'; exit 0; }
t=0
while :; do
  # Whoever gives it up may be faster than this.
  [ ! -e "$gone" ] || { echo '0 42 -'; exit 0; }
  said=$(
    printf '%s\n' "${heeler_secret:?}" | sed -n "s/^$at //p" |
      curl --disable --config - --upload-file "$f" --proto "=$proto" --noproxy '*' --globoff --silent \
        --connect-timeout 10 --speed-limit 1000 --speed-time 30 --max-time "$most" \
        --write-out '\n%{http_code} %{exitcode}' 2>/dev/null | tail -c 20000
  )
  last=$(printf '%s\n' "$said" | tail -n 1)
  code=$(printf '%s\n' "$said" | sed -n 's/.*<Code>\([A-Za-z0-9]*\)<.*/\1/p' | head -n 1)
  http=${last% *}
  rc=${last#* }
  t=$((t + 1))
  [ "$t" -lt 3 ] || break
  # What may pass: a server that is busy, a connection that broke or was not made.
  case $http.$rc in
  429.* | 500.* | 502.* | 503.* | 504.*) ;;
  *.5 | *.6 | *.7 | *.16 | *.28 | *.35 | *.52 | *.55 | *.56 | *.92) ;;
  *) break ;;
  esac
  sleep "$((t * 2))"
done
echo "$http $rc ${code:--}"
exit 0
