#!/bin/sh
# Installs what building, testing and the demo need and is not there yet.
# Debian and its kin: apt-get, through sudo when not root. Elsewhere it names the packages.
set -eu

packages="gcc libc6-dev make pkg-config gnuplot-nox
  libcjson-dev libcmocka-dev libcsv-dev libdeflate-dev libhdf5-dev liblapacke-dev liblua5.4-dev liblzf-dev
  libncurses-dev libnlopt-dev libopenblas-dev librandom123-dev libseccomp-dev libsleef-dev libsqlite3-dev libvterm-dev libxgboost-dev libxxhash-dev"

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
  echo "This system has no apt-get. Install by hand what Debian calls:"
  echo $packages
  exit 0
fi

missing=
for p in $packages; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null || true)
  # gnuplot comes in several kinds: any of them will do
  if [ "$p" = gnuplot-nox ] && command -v gnuplot >/dev/null 2>&1; then continue; fi
  [ "$state" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

echo "Installing:$missing"
as_root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo "Not root, and no sudo. As root: apt-get install$missing" >&2; exit 1; }
  as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 ||
  { $as_root apt-get update -q && $as_root apt-get install -y -q --no-install-recommends $missing; }
