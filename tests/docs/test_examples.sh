#!/usr/bin/env bash
# The examples that the reference shows and no other test runs.      test_examples.sh <folder of the programs>
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }

# log_only logs the loss every 10 steps of 1000 and two pictures, which are no scalars.
"$1/log_only" "$work/runs/first"
"$1/read_runs" "$work/runs" >"$work/scalars"
[ "$(wc -l <"$work/scalars")" = 100 ] || fail "read_runs printed $(wc -l <"$work/scalars") lines instead of 100"
[ "$(head -n 1 "$work/scalars")" = "first loss 0 0.5625" ] || fail "the first scalar is $(head -n 1 "$work/scalars")"
! "$1/read_runs" "$work/nowhere" 2>"$work/error" || fail "a folder that is not there was read"
grep -q nowhere "$work/error" || fail "the message does not name the folder"

"$1/draw_gallery" "$work/gallery.png"
[ "$(head -c 8 "$work/gallery.png" | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ] || fail "no PNG file"
