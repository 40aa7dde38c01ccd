# How packages are looked for, installed and removed. Expects $nvra, $name, $brings, $prefix,
# $owner, $file, $fixed (empty when the package is moved to the prefix) and the list fills, and the
# ledger's functions.

# Scriptlets of OceanBase CE report to oceanbase.com otherwise. Source: kernel,
# tools/systemd/profile/telemetry.sh.template.
export TELEMETRY_MODE=0

# An operator's link at the prefix stays one: rpm -e would remove it, so the package goes to where
# it leads.
# A package without a prefix stays where it was built for, and nothing there is given to anybody.
home=$prefix
[ -n "$fixed" ] || [ ! -L "$prefix" ] || home=$(readlink -m -- "$prefix")
physical=${prefix:+$(readlink -m -- "$prefix")}
brings=${brings:+$home${brings#"$prefix"}}

# Says how the package stands, digests included unless $1 is --nofiledigest, in one word: absent,
# installed, damaged (a file is missing or differs: rpm was killed before it was through), unowned
# (killed before the files were given to their owner), other (version), elsewhere.
look() {
  local installed files damage newline=$'\n'
  command -v rpm >/dev/null || { echo 'rpm is not there' >&2; return 127; }
  if ! installed=$(rpm -q --qf '%{NVRA}\n' "$name"); then
    [[ $installed == *'is not installed'* ]] || return 1
    install -d -m 700 "$state" "${file%/*}"
    echo absent
    return 0
  fi
  case $newline$installed$newline in *"$newline$nvra$newline"*) ;; *) echo "other $installed"; return 0 ;; esac
  files=$(rpm -ql "$nvra")
  case $newline$files$newline in
    *"$newline${brings:-${files%%"$newline"*}}$newline"*) ;;
    *) echo "elsewhere $(printf '%s\n' "$files" | grep -m1 "/${brings##*/}\$")"; return 0 ;;
  esac
  # Configuration may have been changed since (not every package marks it), documentation left out.
  damage=$(rpm -V --nodeps --noscripts --nomtime --nouser --nogroup --nomode --nordev --nocaps "$@" "$nvra" 2>&1 |
    grep -vE "^.{8,9}  [cd] |^[^m].* ${home:-/nowhere}/(etc|conf)/" | head -n 3) || true
  if [ -n "$damage" ]; then
    echo "damaged ${damage//$newline/, }"
  elif noted rpm "$nvra" && [ -n "$(not_given)" ]; then
    echo "unowned $nvra"
  else
    # An attempt that was killed when rpm was through left its copy.
    [ ! -e "$file" ] || drop_file
    echo "installed $nvra"
  fi
}

# What the package has below the prefix, and the folders of its files: one that lists files alone (OceanBase's rpm/oceanbase.spec) leaves
# those to rpm, which makes them root's and never removes them.
below_prefix() {
  [ -n "$home" ] || return 0
  rpm -ql "$nvra" | home=$home awk '
    index($0, ENVIRON["home"] "/") == 1 || $0 == ENVIRON["home"] {
      path = substr($0, length(ENVIRON["home"]) + 1)
      do print ENVIRON["home"] path; while (sub("/[^/]*$", "", path) && path != "")
    }' | sort -u
}
# The same as paths without links.
own_files() {
  below_prefix | while IFS= read -r path; do printf '%s\n' "$physical${path#"$home"}"; done
}
not_given() {
  own_files | tr '\n' '\0' |
    xargs -0r sh -c 'owner=$1 && shift && find "$@" -maxdepth 0 ! -user "$owner" \( -type d -o -links 1 \) -print -quit 2>/dev/null' _ "$owner"
}

# Directories that are there below the prefix: a package that has them too gives them its own owner
# and mode, and takes them with it.
# What this task made there, or another package of its own did, is none of them: nor are the folders
# that rpm made for a package that lists files alone.
note_owners() {
  local ids mode path package brought=$'\n' directories=()
  [ -n "$physical" ] && [ -d "$physical" ] || return 0
  while IFS= read -r package; do
    brought+=$(nvra=$package own_files)$'\n' || true
  done < <(lines rpm)
  while IFS=' ' read -r ids mode path; do
    ! noted parent "$path" || continue
    case $brought in *$'\n'"$path"$'\n'*) continue ;; esac
    package=$(rpm -qf --qf '%{NVRA}\n' -- "$path" 2>/dev/null | head -n 1) || package=
    [ -n "$package" ] && noted rpm "$package" || directories+=("$ids $mode $path")
  done < <(find "$physical" -maxdepth 3 -type d -printf '%U:%G %m %p\n')
  note owner ${directories[@]+"${directories[@]}"}
}
give_back_owners() {
  local ids mode path
  [ -e "$made" ] || return 0
  sed -n 's/^owner //p' "$made" | while IFS=' ' read -r ids mode path; do
    case $path/ in "${physical:-/nowhere}"/*) ;; *) continue ;; esac
    [ -e "$path" ] || beside "$path" mkdir -- "$path"
    if [ -d "$path" ] && [ ! -L "$path" ]; then inside "$path" sh -c 'chown "$1" . && chmod "$2" .' _ "$ids" "$mode"; fi
    forget owner "$ids $mode $path"
  done
}

# What the package's file says of itself. rpm takes a moment for each question: who asks often has
# it read once.
ask_file() { rpm -qp --nosignature "$@" "$file" 2>/dev/null; }
read_file_once() {
  file_prefixes=$(ask_file --qf '[%{PREFIXES}\n]') || file_prefixes=
  file_list=$(ask_file -l) || file_list=
}
file_contents() {
  if [ -n "${file_list-}" ]; then printf '%s\n' "$file_list"; else ask_file -l || true; fi
}

# Where the package's files go by itself, when that is not the prefix.
own_prefix() {
  local own
  [ -n "$home" ] && [ -z "$fixed" ] || return 0
  own=${file_prefixes-$(ask_file --qf '[%{PREFIXES}\n]')} || true
  own=${own%%$'\n'*}
  case $own in '' | '(none)' | "$home") ;; *) echo "$own" ;; esac
}

# Where the files of the package that has come will lie.
coming() {
  local own path
  own=$(own_prefix)
  file_contents | while IFS= read -r path; do
    case $own in ?*) path=$home${path#"$own"} ;; esac
    printf '%s\n' "$path"
  done
}

# The files beside its own that a package's scriptlets name: units, settings below /etc, links, what
# an erase leaves in the prefix. A variable that the same scriptlet sets to a path is put in. The
# prefix there is the one it was built for, wherever it goes.
named_beside() {
  local scripts name value path='/[A-Za-z0-9._@+~%/-]+'
  scripts=$(ask_file --scripts) || return 0
  while IFS='=' read -r name value; do
    scripts=${scripts//"\$$name"/"$value"} scripts=${scripts//"\${$name}"/"$value"}
  done < <(grep -oE "^[[:space:]]*[a-zA-Z_]+=$path\$" <<<"$scripts" | tr -d '[:blank:]')
  {
    grep -oE "$path" <<<"$scripts" | grep -E "^(/etc|/usr/lib/systemd|/lib/systemd|/var/spool/cron$(own_prefixes))/." || true
    grep -oE "ln +(-[a-zA-Z]+ +)*$path +$path" <<<"$scripts" | sed 's|.* ||' || true
    grep -oE 'systemctl +enable +[A-Za-z0-9._@+-]+' <<<"$scripts" |
      sed -E 's|.* ||; s|\.service$||; s|.*|/etc/systemd/system/multi-user.target.wants/&.service|' || true
  } | sort -u | grep -vxF -f <(file_contents; echo /) || true
}
own_prefixes() { ask_file --qf '[|%{PREFIXES}]' | sed 's/[.+]/\\&/g'; }

# Notes them before a scriptlet runs, with a copy of each that is there: rpm does not know of them.
note_beside() {
  local path paths=()
  while IFS= read -r path; do
    [ ! -d "$path" ] || [ -L "$path" ] || continue
    noted beside "$nvra $path" || paths+=("$path")
    note_rooms "$path"
  done < <(named_beside)
  while IFS= read -r path; do note_rooms "$path"; done < <(coming)
  [ "${#paths[@]}" -gt 0 ] || return 0
  for path in "${paths[@]}"; do
    [ -e "$path" ] || [ -L "$path" ] || continue
    install -d -m 700 "$state" "$ledger" "$ledger/beside"
    cp -a -- "$path" "$(copy_of "$path")"
  done
  note beside "${paths[@]/#/$nvra }"
}
# Directories outside of the package's home that are missing for what it or a scriptlet puts there:
# rpm forgets those that it makes.
note_rooms() {
  local REPLY missing=()
  case $1 in "${home:-/nowhere}"/*) return 0 ;; esac
  parent_of "$1"
  while [ ! -e "$REPLY" ]; do
    missing=("$REPLY" ${missing[@]+"${missing[@]}"})
    parent_of "$REPLY"
  done
  [ "${#missing[@]}" -eq 0 ] || note room "${missing[@]}"
}
copy_of() { printf '%s/beside/%s' "$ledger" "$(printf '%s' "$1" | sha256sum | cut -c 1-32)"; }

# What its scriptlets put beside the package goes, what they overwrote or removed comes back.
# Directories that were there stay.
give_back_beside() {
  local path copy units='' REPLY
  [ -e "$made" ] || return 0
  while IFS= read -r path; do
    copy=$(copy_of "$path")
    parent_of "$path"
    if [ -d "$path" ] && [ ! -L "$path" ]; then
      :
    elif [ ! -e "$copy" ] && [ ! -L "$copy" ]; then
      remove "$path"
    elif ! cmp -s -- "$copy" "$path"; then
      if trusted "$REPLY"; then rm -f -- "$path" && cp -a -- "$copy" "$path"; else write_file "$path" <"$copy"; fi
    fi
    rm -f -- "$copy"
    case $path in */systemd/*) units=yes ;; esac
    forget beside "$nvra $path"
  done < <(sed -n "s|^beside $nvra ||p" "$made")
  rmdir -- "$ledger/beside" 2>/dev/null || true
  [ -z "$units" ] || systemctl daemon-reload >/dev/null 2>&1 || true
}

# rpm writes a file as NAME;TIME, TIME being the second it began, in hexadecimal. One that was
# killed leaves its drafts, and one begun in the same second fails on them.
remove_drafts() {
  local path draft x='[0-9a-f]'
  coming | while IFS= read -r path; do
    for draft in "$path;"$x$x$x$x$x$x$x$x; do [ ! -f "$draft" ] || beside "$draft" rm -f -- "$draft"; done
  done
}

# The first file of the package that is there already and that no package has.
stray() {
  local path
  coming | while IFS= read -r path; do
    { [ -e "$path" ] || [ -L "$path" ]; } && [ ! -d "$path" ] || continue
    if ! rpm -qf -- "$path" >/dev/null 2>&1; then
      printf '%s\n' "$path"
      break
    fi
  done
}

# A directory below a link that $owner could have planted is not given to it, and what is not the
# package's is not written over.
refuse_foreign() {
  local user path
  if [ -n "$prefix" ] && { [ -e "$prefix" ] || [ -L "$prefix" ]; }; then
    [ -d "$prefix" ] || { echo "$prefix is there and is not a directory" >&2; return 1; }
    user=$(stat -Lc %U -- "$prefix")
    if [ "$user" != "$owner" ] && ! { [ "$user" = root ] && trusted "$prefix"; }; then
      echo "$prefix belongs to $user, not to $owner" >&2
      return 1
    fi
  fi
  path=$(stray)
  [ -z "$path" ] || { echo "$path is there already and is not this package's" >&2; return 1; }
}

# Dependencies count where rpm keeps the system's libraries; elsewhere (Debian) it knows of none,
# and the program itself has to prove them.
lay_down() {
  local options=(--replacepkgs) own
  mend_by_erase || return
  own=$(own_prefix)
  case $own in ?*) options+=(--prefix "$home") ;; esac
  rpm -q glibc >/dev/null 2>&1 || options+=(--nodeps)
  rpm -i "${options[@]}" "$@" "$file" >&2
}

# A scriptlet may refuse to run where its package is (OceanBase CE's %pre does, save below
# ocp_mgragent): one that is there damaged is taken out of rpm's books first, without its
# scriptlets.
mend_by_erase() {
  rpm -q "$nvra" >/dev/null 2>&1 && [ -n "$(ask_file --qf '%|PREIN?{yes}|')" ] || return 0
  noted rpm "$nvra" || note mended "$nvra"
  rpm -e --nodeps --noscripts "$nvra" >&2
}

put_in() {
  local code=0
  id -u "$owner" >/dev/null || { echo "user $owner does not exist" >&2; return 1; }
  read_file_once
  if ! noted rpm "$nvra" && ! noted mended "$nvra" && ! rpm -q "$nvra" >/dev/null 2>&1; then
    refuse_foreign || { drop_file; return 1; }
    note_owners
    note rpm "$nvra"
  fi
  ! noted rpm "$nvra" || note_beside
  [ -z "$prefix" ] || make_parents "$prefix/bin"
  remove_drafts
  lay_down || code=$?
  if [ "$code" -eq 0 ]; then
    rm -f -- "$file"
    own_files | give
    forget mended "$nvra"
  elif [ "$code" -lt 128 ] && [ -z "$(stray)" ]; then
    # Refused before a file was written: there is nothing to undo for which its copy would be
    # needed.
    drop_file
  fi
  return "$code"
}
drop_file() {
  rm -f -- "$file"
  rmdir --ignore-fail-on-non-empty "${file%/*}" "$state" 2>/dev/null || true
}

# rpm -e only warns of a file that it cannot remove, and then no longer knows of it: kept until each
# is seen to be gone.
keep_list() { printf '%s\n' "$1" >"$ledger/files" 2>/dev/null || rm -f -- "$ledger/files"; }

# What of the package is still there. A file that another package has, too, stays.
left_over() {
  local path
  if rpm -q "$nvra" >/dev/null 2>&1; then echo "$nvra"; fi
  { printf '%s\n' "$brings"; cat -- "$ledger/files" 2>/dev/null || true; } | sort -u | while IFS= read -r path; do
    [ -n "$path" ] && { [ -f "$path" ] || [ -L "$path" ]; } && ! rpm -qf -- "$path" >/dev/null 2>&1 || continue
    printf '%s\n' "$path"
  done
}
prove_gone() {
  local left
  left=$(left_over | head -n 5 | tr '\n' ' ')
  [ -z "$left" ] || { echo "still there after rpm -e: $left" >&2; return 1; }
}

# Removes the package if this task installed it.
take_out() {
  local directories path options=()
  if noted rpm "$nvra"; then
    if [ -f "$file" ] && ! rpm -q "$nvra" >/dev/null 2>&1; then
      # Ended before it was through: rpm knows of no file that it laid down until it is told that it
      # did. Whatever it was refused for (room, dependencies, a digest) must not be asked for again.
      remove_drafts
      lay_down --justdb --noscripts --nodeps --ignoresize --ignorearch --ignoreos --nodigest --nosignature || return
      options=(--noscripts --nodeps)
    fi
    if rpm -q "$nvra" >/dev/null 2>&1; then
      directories=$({ rpm -ql "$nvra" && below_prefix; } | sort -ru)
      keep_list "$directories"
      rpm -e ${options[@]+"${options[@]}"} "$nvra" >&2 || return
      # rpm leaves a directory that it found there, or that others put something into.
      printf '%s\n' "$directories" | while IFS= read -r path; do
        case $path in "${home:-/nowhere}"/*) remove_empty "$path" ;; esac
      done
      echo removed
    else
      # What rpm could not remove was removed by hand; its directories are left.
      { cat -- "$ledger/files" 2>/dev/null || true; } | while IFS= read -r path; do
        case $path in "${home:-/nowhere}" | "${home:-/nowhere}"/*) remove_empty "$path" ;; esac
      done
    fi
    for path in ${fills[@]+"${fills[@]}"}; do remove "${home:?}/$path" || echo "left $home/$path" >&2; done
    prove_gone || return
    give_back_beside
    rm -f -- "$ledger/files"
    forget rpm "$nvra"
  fi
  drop_file
}

# Once the last package of a set is gone: the directories that were made for it, unless something
# else lies in them.
settle() {
  local path
  give_back_owners
  remove_parents
  # Another set of this task may still lie in its rooms: they go with the last one.
  [ -n "$(lines rpm)" ] || lines room | while IFS= read -r path; do
    remove_empty "$path"
    forget room "$path"
  done
  # What others put something into stays, and is no longer this task's. Parents of something else
  # are none of this package's business.
  lines parent | while IFS= read -r path; do
    case $prefix/ in "$path"/*) forget parent "$path" ;; esac
  done
}
