# Starts a PostgreSQL for tests and stops it when process $4 is gone: PROGRAMS FOLDER PORT PROCESS
# While there is a file FOLDER/down the server is down: gone at once, as in a power cut.
set -eu
programs=$1 folder=$2 port=$3 owner=$4
as=""
if [ "$(id -u)" -eq 0 ]; then # the server refuses root
    chown postgres "$folder"
    as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
cd "$folder"
start() {
    $as "$programs/postgres" -D "$folder/data" -p "$port" -h 127.0.0.1 -k "$folder" -c fsync=off -c max_connections=300 >/dev/null 2>&1 &
    server=$!
}
stop() {
    kill -QUIT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=""
}
$as "$programs/initdb" -D "$folder/data" -U careweave --auth=trust --no-sync -E UTF8 --locale=C >/dev/null
start
until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do
    kill -0 "$server"
    sleep 0.1
done
echo ready
while kill -0 "$owner" 2>/dev/null; do
    if [ -e "$folder/down" ]; then
        [ -z "$server" ] || stop
    elif [ -z "$server" ] || ! kill -0 "$server" 2>/dev/null; then
        start
    fi
    sleep 0.2
done
[ -z "$server" ] || stop
rm -rf "$folder"
