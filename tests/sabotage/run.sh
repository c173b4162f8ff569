#!/bin/sh
# Applies each patch beside this script to a copy of the last commit and runs the tests that must fail on it.
# Usage: tests/sabotage/run.sh [NAME...]     Prints `caught` or `MISSED` for each; exit 1 when one is missed.
#
# The copy is built in a folder of its own inside the target folder, with dependencies linked from there, so that no wrong
# `pw` ever lies where a right one is expected.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
own=$target/sabotage
copy=$(mktemp -d)/tree
trap 'git -C "$root" worktree remove --force "$copy"; rmdir "$(dirname "$copy")"' EXIT
git -C "$root" worktree add --quiet --detach "$copy" HEAD || exit 2
if [ ! -d "$own/debug" ]; then
    mkdir -p "$own/debug"
    for folder in deps build .fingerprint; do
        [ -d "$target/debug/$folder" ] && cp -al "$target/debug/$folder" "$own/debug/"
    done
fi

# The tests that must notice a patch, as arguments of `cargo test`.
tests() {
    case $1 in
    hold-after-send) echo "--test it campaign::promises::a_request" ;;
    synchronous-normal) echo "--test it campaign::promises::each_hold" ;;
    void-on-reset) echo "--test it campaign::promises::a_reset" ;;
    cap-outside-transaction) echo "--test it campaign::caps::a_cap" ;;
    settle-without-guard) echo "--lib ledger::tests" ;;
    unfinished-stream) echo "--test it campaign::promises::a_stream" ;;
    *) return 1 ;;
    esac
}

missed=0
cd "$copy" || exit 2
for patch in "$here"/*.patch; do
    name=$(basename "$patch" .patch)
    case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
    which=$(tests "$name") || { echo "MISSED  $name (no test is named for it)"; missed=1; continue; }
    git checkout --quiet --force HEAD -- . && git apply "$patch" || exit 2
    # A build that fails catches nothing.
    # shellcheck disable=SC2086
    if ! CARGO_TARGET_DIR=$own cargo test --quiet $which --no-run >"$own/$name.log" 2>&1; then
        echo "MISSED  $name (does not build, see $own/$name.log)"
        missed=1
    elif CARGO_TARGET_DIR=$own cargo test $which >"$own/$name.log" 2>&1; then
        echo "MISSED  $name"
        missed=1
    else
        failed=$(sed -n 's/^test \(.*\) \.\.\. FAILED$/\1/p' "$own/$name.log" | tr '\n' ' ')
        [ -n "$failed" ] && echo "caught  $name: $failed" || { echo "MISSED  $name (no test failed)"; missed=1; }
    fi
done
exit $missed
