# Sourced by the package tests: <source> and <build> are the first two arguments of each.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$1 build=$2
work=$build/package/$(basename "$0" .sh)
mkdir -p "$work"

fail() { echo "FAILED: $*" >&2; exit 1; }

quietly() { # <what> <command…>: its output is shown only when it fails
  local what=$1
  shift
  "$@" >"$work/log" 2>&1 || { tail -n 60 "$work/log" >&2; fail "$what"; }
}

# build_sumi <folder> [cmake arguments…]: the libraries alone. Objects of an earlier run are kept, its settings are not.
build_sumi() {
  local folder=$1
  shift
  rm -f "$folder/CMakeCache.txt"
  quietly "configuration of $folder" cmake -S "$source" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSUMI_WERROR=ON \
    -DSUMI_BUILD_TESTS=OFF -DSUMI_BUILD_EXAMPLES=OFF "$@"
  quietly "the build of $folder" cmake --build "$folder"
}

# check_installed <build of Sumi> <prefix>: installs it; builds every program of consumer/ against it with CMake, and the
# C ones with pkg-config too; runs them all.
check_installed() {
  local sumi=$1 prefix=$2 module targets=()
  rm -rf "$prefix" "$work/consumer"
  quietly "installation into $prefix" cmake --install "$sumi" --prefix "$prefix"
  libdir=$(dirname "$(find "$prefix" -name 'libsumi_base.*' | head -n 1)")
  export PKG_CONFIG_PATH=$libdir/pkgconfig
  export LD_LIBRARY_PATH=$libdir
  quietly "a project that finds Sumi" cmake -S "$here/consumer" -B "$work/consumer" -G Ninja -DCMAKE_PREFIX_PATH="$prefix"
  for module in $alone all; do targets+=("use_$module"); done
  [ -z "$alone" ] || targets+=(all)
  quietly "programs by the CMake package" cmake --build "$work/consumer" --target "${targets[@]}"
  run_programs "$work/consumer"
  programs_by_pkg_config "$work/by_pkg_config"
  run_programs "$work/by_pkg_config"
  [ -z "$alone" ] || installed_examples "$prefix"
}

# installed_examples <prefix>: built as their folder says, by somebody who has nothing but the installation
installed_examples() {
  local examples
  examples=$(find "$1" -type d -name examples)
  quietly "configuration of the installed examples" cmake -S "$examples" -B "$work/examples" -G Ninja -DCMAKE_PREFIX_PATH="$1"
  quietly "the installed examples" cmake --build "$work/examples"
  quietly "03_curve_fit" "$work/examples/03_curve_fit"
  rm -rf "$work/examples"
}

modules="base events render tensor summary summary_graph"
alone=$modules # those that are tried without the others too

# run_programs <folder>
run_programs() {
  local folder=$1 program
  for program in $alone all; do
    quietly "$folder/use_$program" "$folder/use_$program" "$work/runs/$program"
  done
  if [ -e "$folder/train" ]; then
    [ "$("$folder/train" "$work/runs/train")" = $'[[3. 6.]\n [3. 6.]]' ] || fail "train printed something else"
  fi
  ls "$work"/runs/all/summary/*tfevents* >/dev/null || fail "no event file"
  rm -rf "$work/runs"
}

# The flags are what the .pc files say, as they are installed; --static where the library is.
pc() {
  if [ -e "$libdir/libsumi_base.so" ]; then pkg-config "$@"; else pkg-config --static "$@"; fi
}

# compile_by_pkg_config <package> <program> <source files and flags…>
compile_by_pkg_config() {
  local package=$1 program=$2 flags
  shift 2
  mapfile -t flags < <(pc --cflags --libs "$package" | xargs -n 1 printf '%s\n') # spaces in folders are escaped
  quietly "$(basename "$program") by pkg-config" "${CC:-cc}" -std=c11 -o "$program" "$@" "${flags[@]}"
}

# fully_static <module>: a program with no shared library at all
fully_static() {
  compile_by_pkg_config "sumi-$1" "$work/use_$1" -static "-DUSES=X($1)" "$here/consumer/uses.c" "$here/consumer/use_$1.c"
  quietly "the static program of $1" "$work/use_$1" "$work/runs"
  rm -rf "$work/runs"
}

# programs_by_pkg_config <folder>
programs_by_pkg_config() {
  local folder=$1 module calls="" files=()
  mkdir -p "$folder"
  for module in $modules; do
    calls="$calls X($module)"
    files+=("$here/consumer/use_$module.c")
    [[ " $alone " == *" $module "* ]] || continue
    compile_by_pkg_config "sumi-${module//_/-}" "$folder/use_$module" "-DUSES=X($module)" \
      "$here/consumer/uses.c" "$here/consumer/use_$module.c"
  done
  compile_by_pkg_config sumi "$folder/use_all" "-DUSES=$calls" "$here/consumer/uses.c" "${files[@]}"
}
