# Sourced by the scripts beside it: where things go, and what all of them share.
#
#   SUMI_BUILD     build folder                                 (default: build/release in the tree)
#   SUMI_CACHE     where virtual environments of Python stand   (default: ~/.cache/sumi)
#   SUMI_ORACLES   the one that holds the test oracles          (default: oracles in SUMI_CACHE)

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
absolute() { case $1 in /*) echo "$1" ;; *) echo "$PWD/$1" ;; esac; }
SUMI_BUILD=$(absolute "${SUMI_BUILD:-$root/build/release}")
builds=$(dirname "$SUMI_BUILD")
export HOME=${HOME:-$(unset HOME; echo ~)} PATH # an empty environment will do
SUMI_CACHE=$(absolute "${SUMI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sumi}")
SUMI_ORACLES=$(absolute "${SUMI_ORACLES:-$SUMI_CACHE/oracles}")
install_allowed=${install_allowed:-yes}

# Threads that wait by sleeping: spinning costs a factor of ten where other programs want the cores too.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
# The source tree may be read-only.
export PYTHONDONTWRITEBYTECODE=1

script=scripts/$(basename "$0")
say() { printf '%s\n' "$*" >&2; }
die() { printf '%s: %s\n' "$script" "$*" >&2; exit 1; }
refuse() { printf '%s: %s (see --help)\n' "$script" "$*" >&2; exit 2; } # a mistake of the caller
help() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit 0; }             # the comment at the head of the script

. "$root/scripts/lib/steps.sh"
. "$root/scripts/lib/packages.sh"
. "$root/scripts/lib/python.sh"
. "$root/scripts/lib/build.sh"
