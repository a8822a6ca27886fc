# Configuring and building.

configure() { # <build folder> [cmake arguments…]
  local folder=$1 log
  shift
  [ ! -e "$folder" ] || [ -O "$folder" ] || [ "$(id -u)" = 0 ] ||
    die "$folder belongs to $(ls -ld "$folder" | awk '{ print $3 }'): remove it, or set SUMI_BUILD to a folder of your own"
  log=$(log_of "configure-$(basename "$folder")")
  step "Configuring $(basename "$folder")" "$log" cmake -S "$root" -B "$folder" -G Ninja "$@" ||
    failed "Configuring $folder" "$log" "$folder"
  sed -n 's/^--   \(.*: not .*;.*\)/\1/p' "$log" >&2 # what is built without, and what is lost by that
}

build() { # <build folder> [targets…]: everything without targets
  local folder=$1 log
  shift
  [ $# -eq 0 ] || set -- --target "$@"
  log=$(log_of "build-$(basename "$folder")")
  step "Building $(basename "$folder")" "$log" cmake --build "$folder" "$@" || failed "Building $folder" "$log" "$folder"
}

configure_and_build() { # <build folder> [cmake arguments…]
  configure "$@"
  build "$1"
}
