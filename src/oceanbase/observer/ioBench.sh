# Measures the disk below $root. Expects $folder (a directory there, made and removed), the list
# packages (what is installed), $own_bench (whether ob_admin measures by itself: yes or no),
# $library and the list points ("way bytes runtime"). Prints the name of the tool, then what it
# said.
export LC_ALL=C
# Each run has a folder of its own, which another's guard leaves alone.
work=$folder/$$
clean() { rm -rf -- "$work" && rmdir -- "$folder" 2>/dev/null; }
# What a bench makes goes even when this shell is killed: the guard belongs to no run, and ends
# after it.
guard() {
  # shellcheck disable=SC2016
  env -u OBFLOW_RUN setsid bash -c 'while kill -0 "$1"; do sleep 0.5; done; rm -rf -- "$2"; rmdir -- "$3"' _ $$ "$work" "$folder" \
    </dev/null >/dev/null 2>&1 &
}
trap clean EXIT
rm -rf -- "$folder"
# Twice: an earlier guard may remove the empty parent in between.
mkdir -p -- "$work" || mkdir -p -- "$work" || exit 1
guard

# Programs lie where the package says. Without ob_admin among them there is nothing to run.
listed() {
  local package
  for package in ${packages[@]+"${packages[@]}"}; do rpm -ql "$package" 2>/dev/null; done | grep -m1 "/$1\$"
}
free_mib() { df -Pk -- "$root" | awk 'NR == 2 { print int($4 / 1024) }'; }

# Up to 3.x ob_admin measures by itself, on a file of 1 GiB. From 4.0 on it runs bench_io.sh, which
# enterprise packages bring, by fio, on a file of 100 GiB unless told otherwise, ten seconds for
# each of 19 points; its exit code is 0 whatever happened. Sources: kernel 3.1.5
# deps/oblib/src/lib/io/ob_io_benchmark.h; 4.2.5 tools/ob_admin/io_bench/.
by_ob_admin() {
  local ob_admin options=() mib
  ob_admin=$(listed ob_admin) || return 1
  mib=$(free_mib)
  if [ "$own_bench" = yes ]; then
    ((mib >= 2048)) || return 1
  else
    listed bench_io.sh >/dev/null && command -v fio >/dev/null || return 1
    # A tenth of what is free, 4 GiB at most: direct I/O needs no file larger than memory.
    mib=$((mib / 10 > 4096 ? 4096 : mib / 10))
    ((mib >= 64)) || return 1
    options=(-f "${mib}M")
  fi
  # It writes its log into the directory it runs in.
  cd "$work" || return 1
  LD_LIBRARY_PATH=$library timeout -k 10 600 "$ob_admin" io_bench -c "$work" -d "$work" ${options[@]+"${options[@]}"} >/dev/null 2>&1
  # What it could not measure it says is 0.
  awk '$1 == "0" && $2 >= 16384 && $3 > 0 { found = 1 } END { exit !found }' "$work/io_resource.conf" 2>/dev/null || return 1
  echo ob_admin
  cat "$work/io_resource.conf"
}

# One process, one line a point. The writes come first: a disk is not asked for blocks that were
# never written.
by_fio() {
  local common=(--filename="$file" --size=64m --ioengine=libaio --direct=1 --iodepth=32 --time_based --group_reporting)
  local jobs=() way bytes runtime point
  for point in "${points[@]}"; do
    read -r way bytes runtime <<<"$point"
    jobs+=(--name="$way $bytes" --stonewall --rw="rand$way" --bs="$bytes" --runtime="$runtime")
  done
  echo fio
  fio --output-format=terse --terse-version=3 "${common[@]}" "${jobs[@]}"
}

# The last resort, one request at a time and in order. A line a point: way, block size, bytes,
# seconds.
by_dd() {
  echo dd
  timed write 2097152 if=/dev/zero of="$file" bs=2M count=32 oflag=direct && timed read 16384 if="$file" of=/dev/null bs=16k iflag=direct
}
timed() {
  local way=$1 bytes=$2 said
  shift 2
  said=$(dd "$@" 2>&1) || { echo "$said" >&2; return 1; }
  sed -n "s/^\([0-9]*\) bytes.* \([0-9.e-]*\) s,.*/$way $bytes \1 \2/p" <<<"$said"
}

file=$work/bench
by_ob_admin || if command -v fio >/dev/null; then by_fio; else by_dd; fi
