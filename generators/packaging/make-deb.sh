#!/bin/sh
# make-deb.sh ROOT OUT -lLATE...   - a Debian package of what make install has put into ROOT, as OUT/shenbao_VERSION_ARCH.deb.
# -lLATE: a library that the program is not linked with, but loads when it needs it.
# Equal input gives an equal file: owners are root, dates are SOURCE_DATE_EPOCH.
set -e
root=$1 out=$2 here=$(dirname "$0")
shift 2
version=$("$root/usr/bin/shenbao" -V | cut -d' ' -f2)
arch=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-1}"

strip --strip-unneeded -R .comment -R .note "$root/usr/bin/shenbao"
install -d "$root/DEBIAN" "$root/usr/share/doc/shenbao"
install -m 644 "$here/copyright" "$root/usr/share/doc/shenbao/copyright"
printf 'shenbao (%s) stable; urgency=low\n\n  * See the project.\n\n -- shenbao <shenbao@localhost>  Thu, 01 Jan 1970 00:00:01 +0000\n' "$version" |
  gzip -9n > "$root/usr/share/doc/shenbao/changelog.gz"

# What the program is linked with, in the versions that it was linked with; and what it loads, as something linked with that.
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
mkdir "$work/debian" && printf 'Source: shenbao\n\nPackage: shenbao\nArchitecture: any\n' > "$work/debian/control"
${CC:-cc} -shared -o "$work/late.so" -x c /dev/null -Wl,--no-as-needed "$@"
libraries=$(cd "$work" && dpkg-shlibdeps -O "$root/usr/bin/shenbao" late.so 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$libraries" ] || { echo "make-deb.sh: dpkg-shlibdeps said nothing" >&2; exit 2; }
size=$(du -sk --exclude=DEBIAN "$root" | cut -f1)
sed -e "s|@VERSION@|$version|" -e "s|@ARCH@|$arch|" -e "s|@LIBRARIES@|$libraries|" -e "s|@SIZE@|$size|" \
  "$here/control" > "$root/DEBIAN/control"
(cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' md5sum) > "$root/DEBIAN/md5sums"
chmod 644 "$root/DEBIAN/control" "$root/DEBIAN/md5sums"
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$out"
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/shenbao_${version}_$arch.deb" >/dev/null
echo "$out/shenbao_${version}_$arch.deb"
