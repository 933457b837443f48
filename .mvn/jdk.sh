# Finds a JDK 25 and exports JAVA_HOME, so that nobody has to set anything up first.
# Sourced by ./mvnw and ./touchstone; plain POSIX sh, no process started. The JDK in JAVA_HOME wins
# when it is a 25, then the first 25 in the usual places, then the first newer one.

jdk_release() { # sets jdk_version to the feature release of the JDK in $1, 0 when it has no compiler
  jdk_version=0
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  while IFS= read -r jdk_line; do
    case $jdk_line in
      JAVA_VERSION=*)
        jdk_line=${jdk_line#*\"}
        jdk_version=${jdk_line%%[!0-9]*}
        jdk_version=${jdk_version:-0}
        return 0
        ;;
    esac
  done <"$1/release"
}

jdk_found= jdk_newer=
for jdk_home in "${JAVA_HOME-}" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/*jdk* \
    "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* \
    "${HOME-}"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*; do
  jdk_release "$jdk_home"
  if [ "$jdk_version" -eq 25 ]; then jdk_found=$jdk_home; break; fi
  if [ "$jdk_version" -gt 25 ]; then jdk_newer=${jdk_newer:-$jdk_home}; fi
done
JAVA_HOME=${jdk_found:-$jdk_newer}
export JAVA_HOME

if [ -z "$JAVA_HOME" ]; then
  cat >&2 <<'HOW'
Touchstone needs a JDK 25 and found none. Each of these brings one, beside the Java you already have:

  sdkman     sdk install java 25-tem          (https://sdkman.io)
  Debian 13, Ubuntu 24.04 and newer
             sudo apt-get update && sudo apt-get install -y openjdk-25-jdk-headless
  Debian 12 and whenever apt knows no openjdk-25: Eclipse Temurin's packages
             sudo apt-get update && sudo apt-get install -y wget gpg
             wget -qO- https://packages.adoptium.net/artifactory/api/gpg/key/public \
               | sudo gpg --dearmor -o /etc/apt/trusted.gpg.d/adoptium.gpg
             echo "deb https://packages.adoptium.net/artifactory/deb $(. /etc/os-release; echo "$VERSION_CODENAME") main" \
               | sudo tee /etc/apt/sources.list.d/adoptium.list
             sudo apt-get update && sudo apt-get install -y temurin-25-jdk
  macOS      brew install openjdk@25
  by hand    https://adoptium.net/temurin/releases/?version=25, unpacked into ~/.jdks

A JDK anywhere else is found through JAVA_HOME.
HOW
  exit 1
fi
