#!/bin/bash
# A lab host's df: real, save for `df -Pk PATH` below a folder that /etc/obflow-lab/disks shows as a disk of its own. What is mounted over such a
# folder, a test's full disk, is shown as it is.
if [ $# -eq 2 ] && [ "$1" = -Pk ] && path=$(realpath -- "$2") && [ "$(stat -c %d -- "$path")" = "$(stat -c %d /)" ]; then
  while read -r folder device total used; do
    case $path/ in
      "$folder"/*)
        echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'
        echo "$device $total $used $((total - used)) $(((used * 100 + total - 1) / total))% /"
        exit
        ;;
    esac
  done </etc/obflow-lab/disks
fi
exec /opt/obflow-lab/df "$@"
