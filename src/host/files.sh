# How root works among files of other users. Expects $owner, the OS user whom the files belong to,
# and $task.
#
# Root acts only in directories that nobody else may change, from / on. In all others $owner acts: a
# link planted there, or a directory swapped for another, gives $owner nothing that it could not do
# by itself.

as_owner() { if [ "$owner" = root ]; then "$@"; else runuser -u "$owner" -- "$@"; fi; }

declare -A roots_alone=()
of_root_alone() {
  local facts
  if [ -z "${roots_alone[$1]-}" ]; then
    facts=$(stat -c '%u %a' -- "$1") || return 1
    [ "${facts% *}" = 0 ] && (((8#${facts#* } & 8#22) == 0)) || return 1
    roots_alone[$1]=yes
  fi
}

# Whether a directory and all above it, through links as well, can be changed by root alone.
trusted() {
  local rest=$1/ at='' name links=0
  of_root_alone / || return 1
  while [ -n "$rest" ]; do
    name=${rest%%/*} rest=${rest#*/}
    case $name in
      '' | .) continue ;;
      ..) at=${at%/*} && continue ;;
    esac
    if [ -L "$at/$name" ]; then
      ((++links <= 40)) || return 1
      name=$(readlink -- "$at/$name") || return 1
      case $name in /*) at='' ;; esac
      rest=$name/$rest
    else
      of_root_alone "$at/$name" 2>/dev/null || return 1
      at+=/$name
    fi
  done
}

parent_of() { REPLY=${1%/*} REPLY=${REPLY:-/}; }

# Runs a command that makes, moves or removes $1 in its directory, as a user who may do that safely.
beside() {
  local REPLY
  parent_of "$1"
  shift
  if trusted "$REPLY"; then "$@"; else as_owner "$@"; fi
}

# Runs a command in the directory $1, given by its physical path, if that is where it really leads.
# What the command names begins with ./
inside() (
  cd -P -- "$1" 2>/dev/null && [ "$(readlink /proc/self/cwd)" = "$1" ] || { echo "$1 is not where it was" >&2; exit 1; }
  shift
  "$@"
)

# Makes a directory of $owner's, with the mark of the task in it if there is a second argument. It
# is there whole, or not at all.
new_directory() {
  local path=$1 new=$1.obflow-$task REPLY
  parent_of "$path"
  if trusted "$REPLY"; then
    rm -rf --one-file-system -- "$new"
    mkdir -m 755 -- "$new"
    if [ $# -gt 1 ]; then
      echo "$task" >"$new/$2"
      sync "$new/$2"
      chown -h "$owner:" "$new/$2"
    fi
    chown -h "$owner:" "$new"
    mv -T -- "$new" "$path"
  else
    # shellcheck disable=SC2016
    as_owner bash -c 'set -e
      rm -rf --one-file-system -- "$2"
      mkdir -m 755 -- "$2"
      if [ $# -gt 3 ]; then echo "$3" >"$2/$4"; sync "$2/$4"; fi
      mv -T -- "$2" "$1"' _ "$path" "$new" "$task" "${@:2}"
  fi
}

# Writes standard input to a file of $owner's. Moved to its place: a reader never sees half of it.
write_file() {
  # shellcheck disable=SC2016
  as_owner bash -c 'umask 022; rm -f -- "$1.new" && cat >"$1.new" && sync "$1.new" && mv -fT -- "$1.new" "$1"' _ "$1"
}

# Removes what lies in a directory, on its own disk. A link in its place is left alone. Fails when
# something stays.
empty_directory() {
  [ -d "$1" ] && [ ! -L "$1" ] || return 0
  empty_once "$1" || empty_once "$1"
}
empty_once() { as_owner find "$1" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf --one-file-system -- {} +; }

# Removes a file, a link (not what it leads to), or a directory with all in it. Fails when something
# stays. Tried twice: a command that a signal ended has not shown that it may not.
remove() {
  local path
  for path; do
    remove_once "$path" || remove_once "$path" || return 1
  done
}
remove_once() {
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    as_owner find "$1" -mindepth 1 -maxdepth 1 -exec rm -rf --one-file-system -- {} + && beside "$1" rmdir -- "$1"
  elif [ -e "$1" ] || [ -L "$1" ]; then
    beside "$1" rm -f -- "$1"
  fi
}

# Removes a directory that has to be empty. Fails when it stays.
remove_bare() { beside "$1" rmdir -- "$1" 2>/dev/null || [ ! -e "$1" ] || beside "$1" rmdir -- "$1" 2>/dev/null; }

# Removes a directory if nothing is in it.
remove_empty() { [ ! -d "$1" ] || [ -L "$1" ] || beside "$1" rmdir --ignore-fail-on-non-empty -- "$1"; }

# Gives files (standard input, a physical path a line) to $owner: links themselves, and none that
# has another name, which may be anybody's.
give() {
  local path directory='' names=()
  while IFS= read -r path; do
    if [ "${path%/*}" != "$directory" ]; then
      give_names
      directory=${path%/*} names=()
    fi
    if [ -e "$path" ] || [ -L "$path" ]; then names+=("./${path##*/}"); fi
  done < <(sort)
  give_names
}
give_names() {
  [ "${#names[@]}" -gt 0 ] || return 0
  inside "$directory" find "${names[@]}" -maxdepth 0 ! -user "$owner" \( -type d -o -links 1 \) -exec chown -h "$owner:" {} +
}
