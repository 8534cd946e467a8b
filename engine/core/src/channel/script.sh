# Runs $body within $limit seconds, and prints what it prints in base64, packed where there is gzip: the channel carries
# text only. At the end stand its exit code, the size and SHA-256 of what it printed, as the channel may lose the end
# without a word, and how its complaints begin: where `apiclient exec` is on the way both streams are one. Nothing is
# written to any disk, so that nothing is left when this is killed.
pack=cat
if command -v gzip >/dev/null 2>&1; then pack='gzip -c -1'; fi
printf '=%s begin %s\n' "$nonce" "${pack%% *}"
# 3 leads to what packs, 6 to what counts, 7 to what keeps complaints, 4 to the end's line, and 5 out.
exec 5>&1
end=$(
  {
    {
      {
        {
          {
            timeout -k 2 "$limit" sh -c "$body" heeler 2>&7 3>&- 4>&- 5>&- 6>&- 7>&-
            echo "rc $?" >&4
          } | tee /proc/self/fd/3 /proc/self/fd/6 | sha256sum >&4
        } 6>&1 | wc -c >&4
      } 3>&1 | $pack | base64 >&5
    } 7>&1 | {
      said=$(head -c 600 | base64 | tr -d '\n')
      echo "said=$said" >&4
      cat >/dev/null
    }
  } 4>&1
)
printf '=%s end %s\n' "$nonce" "$(printf %s "$end" | tr '\n' ' ')"
