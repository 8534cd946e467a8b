# Who answers.
ident() {
  boot=$(cat /proc/sys/kernel/random/boot_id)
  read -r up _ </proc/uptime
  # Those that are online, as kube-proxy counts them; nproc --all counts those that could be.
  cpus=$(grep -c '^processor' /proc/cpuinfo)
  os=$(sed -n 's/^VERSION_ID="\{0,1\}\([A-Za-z0-9._+-]*\)"\{0,1\}$/\1/p' /etc/bottlerocket-release)
  cluster=$(timeout -k 1 5 apiclient get settings.kubernetes.cluster-name |
    jq -r '.settings.kubernetes["cluster-name"] // empty' | tr -cd 'A-Za-z0-9_-' | head -c 100)
  printf '@%s %s %s %s %s\n' "${boot:--}" "${cpus:-0}" "${up%%.*}" "${os:--}" "${cluster:--}" >"$d/new.0" && keep 0
}
