# Read by the other scripts of this folder: installs a Debian package where that can be done without
# asking, and says in one line what to install everywhere else.

# debian_install "PACKAGES" "what for"
debian_install() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "SmoothHiring needs $1 $2: please install it (on Debian and Ubuntu: sudo apt-get install $1)." >&2
        exit 1
    fi
    echo "Installing the Debian package $1 $2."
    # The list of packages may be empty or old, which makes an installation fail for no good reason.
    apt-get update -qq
    # shellcheck disable=SC2086 # several packages are several words
    if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $1 >/dev/null; then
        echo "The Debian package $1, needed $2, could not be installed." >&2
        exit 1
    fi
}
