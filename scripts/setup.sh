# Sourced by scripts/demo and scripts/test: what a fresh machine lacks, and where things go.
#
#   SUMI_BUILD     build folder           (default: build/release in the tree)
#   SUMI_ORACLES   virtual environment    (default: ~/.cache/sumi/oracles)

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SUMI_BUILD=${SUMI_BUILD:-$root/build/release}
SUMI_ORACLES=${SUMI_ORACLES:-${XDG_CACHE_HOME:-$HOME/.cache}/sumi/oracles}
install_allowed=${install_allowed:-yes}

# Threads that wait by sleeping: spinning costs a factor of ten where other programs want the cores too.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else die "root rights are needed for: $*"; fi
}

# What each purpose needs, by package manager. OpenBLAS is the OpenMP build: see docs/dependencies.md.
packages() { # <manager> <purpose>
  case $1-$2 in
  apt-build) echo gcc g++ cmake ninja-build pkg-config protobuf-c-compiler libprotobuf-c-dev libpng-dev zlib1g-dev \
    libcairo2-dev libpango1.0-dev libopenblas-openmp-dev libdnnl-dev librandom123-dev libjansson-dev libdeflate-dev fonts-dejavu-core ;;
  apt-data) echo dataset-fashion-mnist ;;
  apt-test) echo libcmocka-dev clang-14 clang-format-14 libclang-rt-14-dev libomp-14-dev fonts-noto-cjk pngcheck locales git ;;
  apt-python) echo python3 python3-venv ;;
  dnf-python) echo python3 ;;
  pacman-python) echo python ;;
  apt-oracles) echo python3 python3-venv chromium ;;
  dnf-build) echo gcc gcc-c++ cmake ninja-build pkgconf-pkg-config protobuf-c-compiler protobuf-c-devel libpng-devel zlib-devel \
    cairo-devel pango-devel openblas-devel jansson-devel Random123-devel onednn-devel dejavu-sans-fonts ;;
  dnf-test) echo libcmocka-devel clang clang-tools-extra google-noto-sans-cjk-fonts pngcheck git ;;
  dnf-oracles) echo python3 chromium ;;
  pacman-build) echo gcc cmake ninja pkgconf protobuf-c libpng zlib cairo pango openblas jansson random123 onednn ttf-dejavu ;;
  pacman-test) echo cmocka clang noto-fonts-cjk pngcheck git ;;
  pacman-oracles) echo python chromium ;;
  brew-build) echo cmake ninja pkgconf protobuf-c libpng zlib cairo pango openblas jansson libomp ;;
  brew-test) echo cmocka llvm pngcheck ;;
  *) echo ;;
  esac
}

manager() {
  local candidate
  for candidate in apt-get dnf pacman brew; do
    if command -v "$candidate" >/dev/null; then echo "${candidate%-get}"; return; fi
  done
  echo none
}

missing() { # <manager> <package…>: those not installed
  local manager=$1 package
  shift
  for package in "$@"; do
    case $manager in
    apt) dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || echo "$package" ;;
    dnf) rpm -q --quiet "$package" || echo "$package" ;;
    pacman) pacman -Qq "$package" >/dev/null 2>&1 || echo "$package" ;;
    brew) brew list --versions "$package" >/dev/null 2>&1 || echo "$package" ;;
    esac
  done
}

need() { # <purpose…>: installs what is missing for them
  local manager purpose wanted=() lacking
  manager=$(manager)
  for purpose in "$@"; do
    read -r -a list <<<"$(packages "$manager" "$purpose")"
    wanted+=("${list[@]}")
  done
  [ ${#wanted[@]} -gt 0 ] || return 0
  lacking=$(missing "$manager" "${wanted[@]}")
  [ -n "$lacking" ] || return 0
  [ "$install_allowed" = yes ] || die "not installed: $(echo $lacking) (and --no-install was given)"
  say "Installing $(echo $lacking)"
  case $manager in
  apt)
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $lacking >/dev/null ;;
  dnf) as_root dnf install -y -q $lacking ;;
  pacman) as_root pacman -S --noconfirm --needed $lacking ;;
  brew) brew install $lacking ;;
  esac
}

# The Python programs tests compare with. Never a dependency of the library.
need_oracles() {
  local stamp="$SUMI_ORACLES/installed.txt"
  if [ -f "$stamp" ] && cmp -s "$stamp" "$root/scripts/oracles.txt"; then return 0; fi
  [ "$install_allowed" = yes ] || die "the test oracles are not in $SUMI_ORACLES (and --no-install was given)"
  say "Installing the test oracles into $SUMI_ORACLES"
  python3 -m venv "$SUMI_ORACLES"
  "$SUMI_ORACLES/bin/pip" install -q --disable-pip-version-check -r "$root/scripts/oracles.txt"
  cp "$root/scripts/oracles.txt" "$stamp"
}

configure_and_build() { # <build folder> [cmake arguments…]
  local folder=$1
  shift
  cmake -S "$root" -B "$folder" -G Ninja "$@" >"$folder.log" 2>&1 || { cat "$folder.log" >&2; die "configuration failed"; }
  cmake --build "$folder" >"$folder.log" 2>&1 || { tail -n 60 "$folder.log" >&2; die "the build failed"; }
}
