#!/bin/sh
# Brings FandolFang (仿宋, GPL with font exception) into fonts/free: the one file out of Debian's texlive-lang-chinese;
# TeX itself is not installed.
set -e
here=$(cd "$(dirname "$0")" && pwd)
target=$here/free/FandolFang-Regular.otf
[ -s "$target" ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # apt drops its privileges to download
cd "$work"
apt-get download -q texlive-lang-chinese
dpkg-deb --fsys-tarfile texlive-lang-chinese_*.deb |
    tar -x ./usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolFang-Regular.otf
mkdir -p "$here/free"
# Whole or not at all.
cp usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolFang-Regular.otf "$target.part"
mv "$target.part" "$target"
