# What install and upgrade have in common; both read this file.
# shellcheck shell=sh

# Where everything is put, for an image or a test; nothing for this machine.
root=${PORTAL_ROOT:-}
user=${PORTAL_USER:-portal}
python=${PYTHON:-python3}
# Root's own umask may keep the portal's user from reading what is installed.
umask 022

say() { printf '%s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

check_machine() {
    [ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "Run this as root."
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "Python 3.11 or newer is needed. Install it, or name it: PYTHON=/path/to/python $0"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "Python's venv is missing. On Debian and Ubuntu: apt-get install python3-venv"
}

# Set `wheel` and `version` from the file that was named.
read_wheel() {
    wheel=$1
    [ -f "$wheel" ] || fail "There is no file $wheel."
    name=$(basename "$wheel")
    case $name in
        license_portal-*-py3-none-any.whl) ;;
        *) fail "$name is not a wheel of the portal: license_portal-VERSION-py3-none-any.whl" ;;
    esac
    version=${name#license_portal-}
    version=${version%-py3-none-any.whl}
}

# Install the wheel and its pinned packages into a folder of its own, which nothing uses yet.
# With PORTAL_WHEELS, pip takes the packages from that folder and asks no index.
install_version() {
    target=$root/opt/portal/$version
    if [ -e "$target/complete" ]; then
        say "$target is installed already."
        return
    fi
    say "Installing $version into $target"
    rm -rf "$target"
    mkdir -p "$root/opt/portal"
    "$python" -m venv "$target"
    pip() { "$target/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }
    # shellcheck disable=SC2154 # the script that reads this file has set it
    pins=$here/../requirements.txt
    [ -f "$pins" ] || fail "There is no file $pins with the pinned packages."
    if [ -n "${PORTAL_WHEELS:-}" ]; then
        pip install --no-index --find-links "$PORTAL_WHEELS" --require-hashes --no-deps -r "$pins"
    else
        pip install --require-hashes --no-deps -r "$pins"
    fi
    pip install --no-index --no-deps "$wheel"
    "$target/bin/portal" --version >"$target/complete"
}

# Copy a file, with its paths below `root` and the user's name in it.
place() {
    mkdir -p "$(dirname "$root$2")"
    sed -e "s,/opt/portal,$root/opt/portal,g" -e "s,/var/lib/portal,$root/var/lib/portal,g" \
        -e "s,/etc/portal,$root/etc/portal,g" -e "s,^User=portal\$,User=$user," \
        -e "s,= portal \],= $user ],; s,-u portal --,-u $user --," \
        "$here/$1" >"$root$2.new"
    chmod "$3" "$root$2.new"
    mv "$root$2.new" "$root$2"
}

# Settings that have passwords are not for every user's eyes.
place_once() {
    [ -e "$root$2" ] || place "$@"
}

place_files() {
    for unit in "$here"/systemd/*.service "$here"/systemd/*.timer; do
        place "systemd/$(basename "$unit")" "/etc/systemd/system/$(basename "$unit")" 644
    done
    place portal /usr/local/bin/portal 755
    [ -n "$root" ] || ! command -v systemctl >/dev/null || systemctl daemon-reload
}

use_version() {
    ln -sfn "$root/opt/portal/$version" "$root/opt/portal/current"
}
