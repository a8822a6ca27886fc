# Packages of the system. scripts/packages.txt says what each purpose needs; versions are the system's.

manager() {
  local candidate
  for candidate in apt-get dnf pacman brew; do
    if command -v "$candidate" >/dev/null; then echo "${candidate%-get}"; return; fi
  done
  echo none
}

packages() { # <manager> <purpose…>
  local manager=$1 column
  shift
  case $manager in apt) column=3 ;; dnf) column=4 ;; pacman) column=5 ;; brew) column=6 ;; *) return 0 ;; esac
  awk -v wanted=" $* " -v column=$column \
    '!/^#/ && index(wanted, " " $1 " ") && $column != "-" { print $column }' "$root/scripts/packages.txt"
}

# The number of the system's clang, as Debian's names of its run-time libraries have it.
clang_number() { apt-cache show clang 2>/dev/null | sed -n 's/^Depends:.*clang-\([0-9][0-9]*\).*/\1/p' | head -n 1; }

with_versions() { # names from standard input
  local name
  while read -r name; do
    case $name in *@clang*) echo "${name/@clang/$(clang_number)}" ;; *) echo "$name" ;; esac
  done
}

installed() { # <manager> <package>
  case $1 in
  apt) dpkg-query -W -f '${Status}\n' "$2" 2>/dev/null | grep -q 'install ok installed' ;;
  dnf) rpm -q --quiet "$2" ;;
  pacman) pacman -Qq "$2" >/dev/null 2>&1 ;;
  brew) brew list --versions "$2" >/dev/null 2>&1 ;;
  esac
}

offered() { # <manager> <package>
  case $1 in
  apt) apt-cache show "$2" >/dev/null 2>&1 ;;
  dnf) dnf -q info "$2" >/dev/null 2>&1 ;;
  pacman) pacman -Si "$2" >/dev/null 2>&1 ;;
  brew) brew info "$2" >/dev/null 2>&1 ;;
  esac
}

lacking() { # <manager> <purpose…>
  local manager=$1 package
  packages "$@" | with_versions | while read -r package; do installed "$manager" "$package" || echo "$package"; done
}

install_command() { # <manager>
  case $1 in apt) echo "apt-get install" ;; dnf) echo "dnf install" ;; pacman) echo "pacman -S" ;; brew) echo "brew install" ;; esac
}

# need <purpose…>: what is missing for them is installed, or the script ends with its names.
need() {
  local manager names
  manager=$(manager)
  [ -n "$(lacking "$manager" "$@")" ] || return 0
  if [ "$install_allowed" = yes ] && may_install "$manager"; then refresh "$manager"; fi
  names=$(echo $(lacking "$manager" "$@"))
  [ "$install_allowed" = yes ] ||
    die "not installed, and --no-install was given: install them with: $(install_command "$manager") $names"
  may_install "$manager" ||
    die "not installed, and that needs root rights: ask an administrator for: $(install_command "$manager") $names"
  install "$manager" "$names" || failed "Installing packages" "$(log_of packages)" /var
}

# want <purpose…>: what is missing for them is installed where that is possible; nothing depends on it.
want() {
  local manager names
  manager=$(manager)
  names=$(to_be_had "$manager" "$@")
  [ -n "$names" ] || return 0
  if [ "$install_allowed" = no ] || ! may_install "$manager"; then
    say "Done without: $names"
    return 0
  fi
  refresh "$manager"
  names=$(to_be_had "$manager" "$@")
  [ -z "$names" ] || install "$manager" "$names" || say "Done without $names: $(cause_of "$(log_of packages)" /var)"
}

to_be_had() { # <manager> <purpose…>: what is missing, but for what the system's lists do not have (if there are lists)
  local manager=$1 name names=()
  for name in $(lacking "$@"); do
    if offered "$manager" "$name" || ! offered "$manager" cmake; then names+=("$name"); fi
  done
  echo "${names[*]-}"
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Root, or sudo that works without a password or can ask for one (before a live line is drawn over the question).
rights=
may_install() { # <manager>
  [ "$1" != none ] || return 1
  [ "$1" != brew ] && [ "$(id -u)" != 0 ] || return 0
  [ -n "$rights" ] || if may_sudo; then rights=yes; else rights=no; fi
  [ $rights = yes ]
}

may_sudo() {
  command -v sudo >/dev/null || return 1
  sudo -n true 2>/dev/null || { { : </dev/tty; } 2>/dev/null && sudo -v; }
}

refreshed=no
refresh() { # <manager>: the lists of packages, once
  [ "$1" = apt ] && [ "$refreshed" = no ] || return 0
  refreshed=yes
  # A source that cannot be reached does not matter where another one has the package.
  step "Fetching the lists of packages" "$(log_of package-lists)" as_root apt-get update || true
}

install() { # <manager> <names>
  local log
  log=$(log_of packages)
  say "Installing $2"
  case $1 in
  apt)
    # What an earlier run left half configured when it was cut off.
    [ -z "$(dpkg --audit 2>/dev/null)" ] || step "Finishing an interrupted installation" "$log" as_root dpkg --configure -a
    step "Installing packages" "$log" as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 $2 ;;
  dnf) step "Installing packages" "$log" as_root dnf install -y $2 ;;
  pacman) step "Installing packages" "$log" as_root pacman -S --noconfirm --needed $2 ;;
  brew) step "Installing packages" "$log" brew install $2 ;;
  esac
}
