# Measures the disk below $root. Expects $file (a file there, made and removed), $ob_admin, $library and the list points ("way bytes runtime").
# Prints the name of the tool, then what it said.
export LC_ALL=C
scratch=
clean() { rm -f -- "$file"; [ -z "$scratch" ] || rm -rf -- "$scratch"; }
trap clean EXIT
rm -f -- "$file"

by_ob_admin() {
  [ -x "$ob_admin" ] || return 1
  # It writes its log into the directory it runs in. Builds of the community edition lack io_bench: then no file comes out.
  scratch=$(mktemp -d) && cd "$scratch" || return 1
  LD_LIBRARY_PATH=$library timeout 600 "$ob_admin" io_bench -c "$scratch" -d "$root" >/dev/null 2>&1
  [ -s "$scratch/io_resource.conf" ] || return 1
  echo ob_admin
  cat "$scratch/io_resource.conf"
}

# One process, one line a point. The writes come first: a disk is not asked for blocks that were never written.
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

# The last resort, one request at a time and in order. A line a point: way, block size, bytes, seconds.
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

by_ob_admin || if command -v fio >/dev/null; then by_fio; else by_dd; fi
