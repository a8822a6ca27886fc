# Virtual environments of Python. The library never needs one: they hold the programs that tests compare with, the formatter,
# and TensorBoard.

# environment <folder> <list of requirements>: the folder holds exactly what the list says, or is made anew.
environment() {
  local folder=$1 list=$2 log
  ! is_complete "$folder" "$list" || return 0
  [ "$install_allowed" = yes ] || die "$folder does not hold what $list lists, and --no-install was given: run it without"
  need python
  log=$(log_of "$(basename "$folder")")
  say "Making $folder: $(grep -v '^#' "$list" | paste -sd ' ')"
  remove_environment "$folder"
  mkdir -p "$folder" || die "$folder cannot be made: set SUMI_CACHE to a folder that can be written"
  : >"$folder/made-by-sumi"
  step "Making a virtual environment" "$log" python3 -m venv "$folder" || failed "Making $folder" "$log" "$folder"
  step "Installing with pip" "$log" "$folder/bin/python" -m pip install --disable-pip-version-check --no-input \
    --progress-bar off -r "$list" || failed "Installing into $folder" "$log" "$folder"
  contents "$folder" "$list" >"$folder/installed.txt"
}

# The stamp is written last: what was cut off is not taken for complete, and neither is what another Python made.
contents() { "$1/bin/python" -V && cat "$2"; } # <folder> <list>
is_complete() { [ -f "$1/installed.txt" ] && contents "$1" "$2" 2>/dev/null | cmp -s - "$1/installed.txt"; }

remove_environment() { # <folder>
  [ -e "$1" ] || return 0
  [ -f "$1/made-by-sumi" ] || [ -f "$1/pyvenv.cfg" ] || rmdir "$1" 2>/dev/null ||
    die "$1 is no virtual environment: it is left as it is, give another folder"
  rm -rf "$1"
}

need_oracles() { environment "$SUMI_ORACLES" "$root/scripts/oracles.txt"; }

need_formatter() {
  environment "$SUMI_CACHE/format" "$root/scripts/format.txt"
  formatter=$SUMI_CACHE/format/bin/clang-format
}
