/**
 * Answers for `ulimit` on a machine that forbids raising limits (a container without
 * CAP_SYS_RESOURCE): the host's shells then say what a prepared host would, although the kernel's
 * own limit is lower. Numbers: OceanBase documentation, "Configure limits.conf".
 */
export const limitsScript = `ulimit() {
  local which=-f
  for argument in "$@"; do
    case $argument in
      -H | -S) ;;
      -*) which=-\${argument##*[-HS]} ;;
      *) case $which in -n | -u) return 0 ;; esac ;;
    esac
  done
  case $which in
    -n) echo 655350 ;;
    -u) echo 655360 ;;
    -a) builtin ulimit "$@" | sed -E 's/^(open files .*\\)) .*/\\1 655350/; s/^(max user processes .*\\)) .*/\\1 655360/' ;;
    *) builtin ulimit "$@" ;;
  esac
}
`

/**
 * Where it lies on a host, and what makes every bash read it: those of sshd read bash.bashrc, those
 * of login profile, others BASH_ENV.
 */
export const limitsFile = 'etc/obflow-lab/limits.sh'
export const limitsEnvironment: Readonly<Record<string, string>> = { BASH_ENV: `/${limitsFile}` }
