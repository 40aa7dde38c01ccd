# How packages are looked for, installed and removed. Expects $nvra, $name, $brings, $prefix, $owner, $file and the list fills, and the
# ledger's functions except for looking.

# Says how the package stands, digests included unless $1 is --nofiledigest, in
# one word: absent, installed, damaged (a file is missing or differs: rpm was killed before it was through), other (version), elsewhere.
look() {
  local installed files damage newline=$'\n'
  export LC_ALL=C
  command -v rpm >/dev/null || { echo 'rpm is not there' >&2; return 127; }
  if ! installed=$(rpm -q --qf '%{NVRA}\n' "$name"); then
    [[ $installed == *'is not installed'* ]] || return 1
    install -d -m 700 "$(dirname "$(dirname "$file")")" "$(dirname "$file")"
    echo absent
    return 0
  fi
  case $newline$installed$newline in *"$newline$nvra$newline"*) ;; *) echo "other $installed"; return 0 ;; esac
  files=$(rpm -ql "$nvra")
  case $newline$files$newline in
    *"$newline$brings$newline"*) ;;
    *) echo "elsewhere $(grep -m1 "/${brings##*/}\$" <<<"$files")"; return 0 ;;
  esac
  # Configuration may be changed by whoever runs the program (not every package marks it), documentation left out.
  damage=$(rpm -V --nodeps --noscripts --nomtime --nouser --nogroup --nomode --nordev --nocaps "$@" "$nvra" 2>&1 | grep -vE "^.{8,9}  [cd] |^[^m].* $prefix/(etc|conf)/" | head -n 3)
  if [ -n "$damage" ]; then echo "damaged ${damage//$newline/, }"; else echo "installed $nvra"; fi
}

# Directories that are there below the prefix: a package that has them too gives them its own owner and mode.
note_owners() {
  local directories
  [ -d "$prefix" ] || return 0
  mapfile -t directories < <(find "$prefix" -maxdepth 3 -type d -printf '%U:%G %m %p\n')
  note owner "${directories[@]}"
}
give_back_owners() {
  local ids mode path
  lines owner | while IFS=' ' read -r ids mode path; do
    case $path/ in "$prefix"/*) ;; *) continue ;; esac
    if [ -d "$path" ]; then chown "$ids" "$path" && chmod "$mode" "$path"; fi
    forget owner "$ids $mode $path"
  done
}

# Where the package's files go by itself, when that is not the prefix.
own_prefix() {
  local own
  own=$(rpm -qp --nosignature --qf '[%{PREFIXES}\n]' "$file" 2>/dev/null | head -n 1)
  case $own in '' | '(none)' | "$prefix") ;; *) echo "$own" ;; esac
}

# rpm writes a file as NAME;TIME, TIME being the second it began, in hexadecimal. One that was killed leaves its drafts, and one begun
# in the same second fails on them.
remove_drafts() {
  local own path draft x='[0-9a-f]'
  own=$(own_prefix)
  rpm -qpl --nosignature "$file" 2>/dev/null | while IFS= read -r path; do
    case $own in ?*) path=$prefix${path#"$own"} ;; esac
    for draft in "$path;"$x$x$x$x$x$x$x$x; do [ ! -f "$draft" ] || rm -f -- "$draft"; done
  done
}

# Dependencies count where rpm keeps the system's libraries; elsewhere (Debian) it knows of none, and the program itself has to prove them.
lay_down() {
  local options=(--replacepkgs --replacefiles) own
  own=$(own_prefix)
  case $own in ?*) options+=(--prefix "$prefix") ;; esac
  rpm -q glibc >/dev/null 2>&1 || options+=(--nodeps)
  rpm -i "${options[@]}" "$@" "$file" >&2
}

put_in() {
  local path
  id -u "$owner" >/dev/null || { echo "user $owner does not exist" >&2; return 1; }
  if ! noted rpm "$nvra" && ! rpm -q "$nvra" >/dev/null 2>&1; then
    note_owners
    note rpm "$nvra"
  fi
  make_parents "$prefix/bin" "$owner"
  remove_drafts
  lay_down || return
  rm -f -- "$file"
  rpm -ql "$nvra" | while IFS= read -r path; do
    case $path in "$prefix" | "$prefix"/*) printf '%s\0' "$path" ;; esac
  done | xargs -0r chown -h "$owner:" --
}

# Removes the package if this task installed it, and the directories that were made for it unless something else lies in them.
take_out() {
  local directories path
  if noted rpm "$nvra"; then
    if [ -f "$file" ] && ! rpm -q "$nvra" >/dev/null 2>&1; then
      # Killed before it was through: rpm knows of no file that it laid down until it is told that it did.
      remove_drafts
      lay_down --justdb --noscripts || return
    fi
    if rpm -q "$nvra" >/dev/null 2>&1; then
      directories=$(rpm -ql "$nvra" | sort -r)
      rpm -e "$nvra" >&2 || return
      # rpm leaves a directory that it found there, or that others put something into.
      while IFS= read -r path; do
        case $path in "$prefix"/*) [ ! -d "$path" ] || [ -L "$path" ] || rmdir --ignore-fail-on-non-empty "$path" ;; esac
      done <<<"$directories"
      echo removed
    fi
    for path in ${fills[@]+"${fills[@]}"}; do rm -rf --one-file-system -- "${prefix:?}/$path"; done
    give_back_owners
    forget rpm "$nvra"
  fi
  rm -f -- "$file"
  remove_parents
  # What others put something into stays, and is no longer this task's. Parents of something else are none of this package's business.
  lines parent | while IFS= read -r path; do
    case $prefix/ in "$path"/*) forget parent "$path" ;; esac
  done
  rmdir --ignore-fail-on-non-empty "$(dirname "$file")" 2>/dev/null || true
}
