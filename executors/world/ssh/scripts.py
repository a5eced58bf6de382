"""The scripts that run on the target: fixed text for a POSIX shell, and nothing of a plan in it.

What they work on comes line by line on their input, so that no shell ever parses it (T35). Each says what is wrong
as `millwright: <what>` on its error stream and ends with 9. The layout is that of `executors.world.web_root`.

Lines end so that they may be joined by blanks: a forced command of `authorized_keys` has to be one line.
"""

from __future__ import annotations

HEAD = """\
set -u; LC_ALL=C; export LC_ALL; umask 022;
die() { printf "millwright: %s\\n" "$1" >&2; exit 9; };
"""
_ROOT = """\
IFS= read -r root || die "no input";
"""
_ENTER = """\
[ ! -L "$root" ] || die "is a link or no folder; name the real folder";
cd "$root" 2>/dev/null || die "there is no such folder, or it cannot be entered";
for inner in .millwright releases; do [ ! -L "$inner" ] || die "$inner is a link; put it right by hand"; done;
[ -f .millwright/root ] || die "holds files that are not ours; name an empty or a new folder";
"""
_LOOK = """\
printf "millwright 1\\n";
if [ -L "$root" ]; then die "is a link or no folder; name the real folder"; fi;
if [ ! -e "$root" ]; then printf "end\\n"; exit 0; fi;
cd "$root" 2>/dev/null || die "is no folder, or it cannot be entered";
for inner in .millwright releases; do [ ! -L "$inner" ] || die "$inner is a link; put it right by hand"; done;
if [ ! -f .millwright/root ]; then printf "end\\n"; exit 0; fi;
if [ -L current ]; then printf "current %s\\n" "$(readlink current)";
elif [ -e current ]; then printf "current ?\\n"; fi;
for kept in releases/*/; do
id=${kept#releases/}; id=${id%/};
[ -f ".millwright/$id.json" ] || continue;
printf "record %s " "$id"; cat ".millwright/$id.json"; printf "\\n";
( cd "$kept" && find . ! -type d ! -type f -exec printf "odd %s\\n" {} \\; && find . -type f -exec sha256sum {} + )
|| die "$kept cannot be read";
done;
for aside in .millwright/retired/*/*/; do [ ! -d "$aside" ] || printf "retired %s\\n" "$aside"; done;
printf "end\\n";
"""
LOOK = HEAD + _ROOT + _LOOK

ROOM = (
    HEAD
    + _ROOT
    + """\
printf "room 1\\n";
at=$root; [ -e "$at" ] || at=${root%/*}; [ -n "$at" ] || at=/;
[ -d "$at" ] || die "there is no folder $at, and nobody makes it; make it there";
df -Pk "$at" | { IFS= read -r head; read -r disk blocks used free more; printf "free %s\\n" "$free"; };
if [ -w "$at" ] && [ -x "$at" ]; then echo writable; fi;
if [ ! -e "$root" ]; then echo new; elif [ -f "$root/.millwright/root" ]; then echo ours;
elif [ -z "$(ls -A "$root")" ]; then echo new; else echo foreign; fi;
if command -v rsync > /dev/null; then rsync --version | { IFS= read -r one; printf "tool %s\\n" "$one"; };
else echo "lacks rsync"; fi;
echo end;
"""
)
"""Whether a release would find its place: looks, and tries nothing out."""

PREPARE = (
    HEAD
    + _ROOT
    + """\
IFS= read -r release;
[ ! -L "$root" ] || die "is a link or no folder; name the real folder";
[ -d "$root" ] || mkdir "$root" 2>/dev/null || die "there is no such folder, and it cannot be made";
cd "$root" 2>/dev/null || die "is no folder, or it cannot be entered";
for inner in .millwright releases; do [ ! -L "$inner" ] || die "$inner is a link; put it right by hand"; done;
if [ ! -f .millwright/root ]; then
[ -z "$(ls -A)" ] || die "holds files that are not ours; name an empty or a new folder";
mkdir .millwright releases && echo "millwright web root v1" > .millwright/root || die "cannot be written to";
fi;
command -v rsync > /dev/null || die "there is no rsync on the target; install the package rsync there";
[ ! -L "releases/$release.part" ] || die "releases/$release.part is a link; remove it";
mkdir -p "releases/$release.part" || die "cannot be written to";
echo done;
"""
)
"""Makes the root ours where it is new or empty, and the folder that the release arrives in."""

FINISH = (
    HEAD
    + _ROOT
    + _ENTER
    + """\
IFS= read -r release; IFS= read -r record; IFS= read -r count;
cat > ".millwright/$release.sums" || die "the disk is full, or cannot be written to";
cd "releases/$release.part" || die "what was sent is gone";
odd=$(find . ! -type d ! -type f | wc -l); found=$(find . -type f | wc -l);
[ "$odd" -eq 0 ] && [ "$found" -eq "$count" ] && sha256sum -c "../../.millwright/$release.sums" > /dev/null 2>&1
|| die "what arrived is not what was sent";
cd ../..; rm -f ".millwright/$release.sums";
printf "%s\\n" "$record" > ".millwright/$release.new" && mv ".millwright/$release.new" ".millwright/$release.json"
|| die "the disk is full, or cannot be written to";
sync -f "releases/$release.part" 2>/dev/null || sync;
mv -T "releases/$release.part" "releases/$release" || die "the release cannot be put in its place";
echo done;
"""
)
"""Checks each file that arrived against its digest, writes the record and renames the folder to its place."""

DISCARD = (
    HEAD
    + _ROOT
    + _ENTER
    + """\
IFS= read -r release;
rm -rf "releases/$release.part" ".millwright/$release.sums" ".millwright/$release.new";
"""
)

SWITCH = (
    HEAD
    + _ROOT
    + _ENTER
    + """\
IFS= read -r release; IFS= read -r expected;
[ ! -e current ] || [ -L current ] || die "current does not point at one of its releases; put it right by hand";
now=$(readlink current 2>/dev/null); wanted=${release:+releases/$release};
if [ "$now" = "$wanted" ]; then echo same; exit 0; fi;
[ "$now" = "${expected:+releases/$expected}" ]
|| { now=${now:-nothing}; die "serves ${now#releases/} by now, not ${expected:-nothing}; plan again"; };
if [ -z "$release" ]; then rm current; else
[ -d "$wanted" ] && [ -f ".millwright/$release.json" ] || die "there is no release $release of ours to serve";
ln -s "$wanted" ".millwright/switching-$$" && mv -T ".millwright/switching-$$" current
|| { rm -f ".millwright/switching-$$"; die "current cannot be renamed"; };
fi;
echo done;
"""
)
"""Points `current` elsewhere by one rename(2); the release is on disk already, so nothing is waited for."""

DROP = (
    HEAD
    + _ROOT
    + _ENTER
    + """\
IFS= read -r release;
if [ ! -e "releases/$release" ]; then echo same; exit 0; fi;
[ "$(readlink current 2>/dev/null)" != "releases/$release" ] || die "release $release is being served";
[ -f ".millwright/$release.json" ] || die "release $release was not stored by us; it is not removed";
mv -T "releases/$release" ".millwright/removing-$$" && rm -rf ".millwright/removing-$$"
|| die "the release cannot be removed";
rm -f ".millwright/$release.json"; echo done;
"""
)

RETIRE = (
    HEAD
    + _ROOT
    + _ENTER
    + """\
IFS= read -r release; IFS= read -r newer;
while IFS= read -r gone; do
for aside in .millwright/retired/*/"$gone"; do
[ -d "$aside" ] && [ ! -L "$aside" ] && [ "$aside" != ".millwright/retired/$newer/$gone" ] || continue;
rm -rf "$aside"; rmdir "${aside%/*}" 2>/dev/null;
[ -d "releases/$gone" ] || rm -f ".millwright/$gone.json";
done; done;
if [ ! -e "releases/$release" ]; then echo same; exit 0; fi;
[ "$(readlink current 2>/dev/null)" != "releases/$release" ] || die "release $release is being served";
[ -f ".millwright/$release.json" ] || die "release $release was not stored by us; it is not put aside";
mkdir -p ".millwright/retired/$newer" && rm -rf ".millwright/retired/$newer/$release"
&& mv -T "releases/$release" ".millwright/retired/$newer/$release" || die "release $release cannot be put aside";
echo done;
"""
)

RETURN = (
    HEAD
    + _ROOT
    + _ENTER
    + """\
IFS= read -r release; IFS= read -r newer;
if [ -e "releases/$release" ]; then echo same; exit 0; fi;
[ -d ".millwright/retired/$newer/$release" ] || die "release $release was dropped by a later deployment";
mv -T ".millwright/retired/$newer/$release" "releases/$release" || die "release $release cannot be brought back";
rmdir ".millwright/retired/$newer" 2>/dev/null; echo done;
"""
)


def command(script: str) -> str:
    """Return the script as the one command that ssh hands to the account's shell: constant text, quoted."""
    return f"sh -c '{_one_line(script)}'"


def forced(path: str) -> str:
    """Return the options of `authorized_keys` for a key that may look at one web root and nothing else.

    Whatever its holder asks for, this script runs. `path` must be a path of `SshRoot`: it has no character that a
    shell or sshd would read otherwise.
    """
    script = HEAD + f"root={path};\n" + _LOOK
    # In quotes sshd reads \\" as a quote, and every other backslash as itself (sshd(8), AUTHORIZED_KEYS).
    return 'restrict,command="' + command(script).replace('"', '\\"') + '"'


def _one_line(script: str) -> str:
    return script.replace("\n", " ").strip()
