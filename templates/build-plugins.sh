# Builds the Nix expressions of installed packages, as `find-plugins.py` puts them aside.
#
# The arguments are options of `nix-build`, and the input is the list of the expressions. All that the packages need at run
# time is added to /export/store. Their list is /export/.sys-paths/plugins; the list `all` beside it begins with the packages
# of the project's own expression.
set -eu
plugins=/src/plugins
programs=/tmp/programs
own=/export/.sys-paths/project
list=/export/.sys-paths/plugins

refuse() {
  echo "nix-plugins: $1" >&2
  exit 1
}

# Builds one expression: `build PLUGIN PATH OPTION…`. The list of its packages is in /tmp/built.
build() {
  plugin=$1 expression=$2
  shift 2
  echo "nix-build $expression, which $plugin brings" >&2
  {
    status=0
    nix-build --no-out-link "$@" --argstr expression "$plugins/$plugin/$expression" /src/nix/build.nix \
      2>&1 > /tmp/built < /dev/null || status=$?
    echo "$status" > /tmp/status
  } | tee /tmp/messages >&2
  if [ "$(cat /tmp/status)" != 0 ]; then
    reason=$(grep 'error: ' /tmp/messages | tail -n 1)
    refuse "$plugin: $expression: ${reason:-nix-build failed}"
  fi
  [ -s /tmp/built ] || refuse "$plugin: $expression has no package, which the image needs"
}

# Notes the programs of a package, and refuses one that another plugin also brings: `note PLUGIN STORE_PATH`. The
# programs of the environment and of the project's own packages come first.
note() {
  for program in "$2"/bin/*; do
    name=${program##*/}
    if [ ! -f "$program" ] || grep -qxF -e "$name" "$plugins/programs" || is_own "$name"; then continue; fi
    noted="$programs/$name"
    if [ -e "$noted" ]; then
      { read -r other; read -r theirs; } < "$noted"
      if [ "$other" != "$1" ] && [ "$(readlink -f "$theirs")" != "$(readlink -f "$program")" ]; then
        refuse "two packages bring the program $name: $other ($theirs) and $1 ($program)"
      fi
    else
      printf '%s\n%s\n' "$1" "$program" > "$noted"
    fi
  done
}

# Returns whether a package of the project's own expression has the program.
is_own() {
  [ -e "$own" ] || return 1
  while read -r package; do
    if [ -f "$package/bin/$1" ]; then return 0; fi
  done < "$own"
  return 1
}

mkdir -p /export/store /export/.sys-paths "$programs"
: > "$list"
while read -r plugin expression; do
  build "$plugin" "$expression" "$@"
  while read -r package; do note "$plugin" "$package"; done < /tmp/built
  cat /tmp/built >> "$list"
done
if [ -e "$own" ]; then cat "$own" "$list"; else cat "$list"; fi > /export/.sys-paths/all
if [ -s "$list" ]; then
  xargs nix-store --query --requisites < "$list" > /tmp/closure
  while read -r path; do
    [ -e "/export/store/${path##*/}" ] || cp -a "$path" /export/store/
  done < /tmp/closure
fi
