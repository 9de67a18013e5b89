#!/usr/bin/env bash
# Builds everything and runs every check; ends with ctest's summary of the main suite.
#   DJ_TEST_SCOPE=quick   the main suite without crash and cluster tests: minutes
#   DJ_TEST_SCOPE=ci      (default) the main suite, clang-tidy, and sanitizers over the modules with raw memory or threads
#   DJ_TEST_SCOPE=full    clang-tidy without a time limit, and sanitizers over the whole suite
# DJ_JOBS: how many things at once (default: the cores granted).
set -euo pipefail
cd "$(dirname "$0")/.."
scope=${DJ_TEST_SCOPE:-ci}
jobs=${DJ_JOBS:-$(nproc)}
failed=()
case $scope in quick | ci | full) ;; *) echo "DJ_TEST_SCOPE is quick, ci or full, not '$scope'" >&2; exit 2 ;; esac
if [ -n "${CI:-}" ]; then
  export CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ccache}
fi

# step <name> <command...>: a failure is remembered, and the next step runs.
step() {
  local name=$1 begin=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  if "$@"; then
    printf '== %s: done in %d s\n' "$name" $((SECONDS - begin))
  else
    printf '== %s: FAILED after %d s\n' "$name" $((SECONDS - begin))
    failed+=("$name")
    return 1
  fi
}

build() { # <preset> [targets...]
  local preset=$1
  shift
  cmake --preset "$preset" >/dev/null && nice cmake --build --preset "$preset" -j "$jobs" ${1+--target "$@"}
}

run_tests() { # <preset> [ctest options...]
  local preset=$1
  shift
  # Jobs of one test wait for each other's messages and for the disk: one test more than cores keeps them busy.
  ctest --preset "$preset" -j $((jobs + 1)) --no-label-summary "$@"
}

sanitized() { # <preset>: what a sanitizer looks at in this scope
  case $scope-$1 in
    full-*) build "$1" && run_tests "$1" -LE house ;;
    ci-asan) build "$1" memory_tests && run_tests "$1" -L memory ;;
    ci-tsan) build "$1" threads_tests && run_tests "$1" -L threads ;;
  esac
}

tidy() {
  if [ "$scope" = full ]; then
    tools/run_tidy.py --jobs "$jobs"
  else
    tools/run_tidy.py --jobs "$jobs" --seconds 45
  fi
}

step "set-up" tools/setup.sh --test || exit 1
step "build (preset ci)" build ci || exit 1
# Most of it comes out of the compiler's cache: only what knows MPI is compiled again.
step "build (preset mpich)" build mpich || true
if [ "$scope" != quick ]; then
  step "clang-tidy" tidy || true
  step "address and undefined-behaviour sanitizers" sanitized asan || true
  step "thread sanitizer" sanitized tsan || true
fi
suite=()
[ "$scope" = quick ] && suite=(-LE '^(crash|cluster|fuzz)$')
if [ ${#failed[@]} -gt 0 ]; then
  step "main suite" run_tests ci "${suite[@]}" || true
  printf '\nFAILED: %s\n' "${failed[@]}"
  exit 1
fi
printf '\n== main suite\n'
run_tests ci "${suite[@]}"
